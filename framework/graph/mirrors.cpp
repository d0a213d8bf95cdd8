#include "graph/mirrors.hpp"

#include <cstddef>
#include <utility>

#include "base/stable_order.hpp"
#include "graph/ship_lists.hpp"

namespace pel::graph {
namespace {

// In the order of the owner's slots.
void append(Mirrors& mirrors, int owner, std::vector<WantedVertex> const& wanted,
            std::vector<VertexFacts> const& facts) {
  if (wanted.empty()) return;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> order, scratch;  // slot, place in both
  for (std::uint32_t i = 0; i < facts.size(); ++i) order.emplace_back(facts[i].slot, i);
  base::stable_order(order, scratch);
  comm::HaloNeed need{owner, {}};
  for (auto const& [slot, i] : order) {
    need.entries.push_back(slot);
    mirrors.numbers.push_back(wanted[i].number);
    mirrors.facts.push_back(facts[i]);
  }
  mirrors.needs.push_back(std::move(need));
}

}  // namespace

Mirrors ask_owners(engine::World& world, std::vector<std::vector<WantedVertex>> const& wanted,
                   std::function<VertexFacts(std::uint64_t)> const& facts_of) {
  std::vector<std::vector<std::uint64_t>> questions(wanted.size());
  for (std::size_t r = 0; r < wanted.size(); ++r)
    for (auto const& vertex : wanted[r]) questions[r].push_back(vertex.id);
  auto const asked = ship_lists(world, std::move(questions));
  std::vector<std::vector<VertexFacts>> answers(wanted.size());
  world.together(engine::Site::load, "look up vertices", [&] {
    for (std::size_t r = 0; r < asked.size(); ++r)
      for (auto const id : asked[r]) answers[r].push_back(facts_of(id));
  });
  auto const facts = ship_lists(world, std::move(answers));
  Mirrors mirrors;
  for (std::size_t r = 0; r < wanted.size(); ++r) {
    if (static_cast<int>(r) == world.rank())
      mirrors.of_lower_ranks = static_cast<std::uint32_t>(mirrors.numbers.size());
    append(mirrors, static_cast<int>(r), wanted[r], facts[r]);
  }
  return mirrors;
}

}  // namespace pel::graph
