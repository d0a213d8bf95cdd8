// Named datasets and rounds with all layouts and any: after a failure they go on with what a plain program has there.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <vector>

#include "layouts.hpp"
#include "pel/error.hpp"
#include "pel/iterate.hpp"

using namespace pel::test;
using pel::Job;

namespace {

using State = std::vector<std::int64_t>;

// A checkpoint after each superstep, before the next one begins.
Words saved(Shape const& shape) {
  return with(shape.options(),
              {"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir", fresh_path(".ckpt")});
}

// Fails, and goes on after that: body(job, whether it is to fail).
template <class Body>
void fail_and_resume(Shape const& shape, Body const& body, Differences& differences) {
  auto const options = saved(shape);
  bool failed = false;
  try {
    (void)run_datasets(options, [&](Job& job) { body(job, true); });
  } catch (std::exception const&) {
    failed = true;
  }
  differences.compare("failure", failed, true);
  (void)run_datasets(with(options, {"--resume"}), [&](Job& job) { body(job, false); });
}

void keep_by_name(Shape const& shape, Items const& items, Differences& differences) {
  Items first, again;
  std::atomic<bool> asked = false;
  fail_and_resume(
      shape,
      [&](Job& job, bool fails) {
        asked = false;
        auto const kept = given(job, items)
                              .filter([&](auto const& item) {
                                asked = true;
                                return item.value % 3 != 1;
                              })
                              .named("kept");
        (fails ? first : again) = parts_of(kept);
        for (int i = 0; i < 2; ++i) (void)kept.size();
        if (fails) kept.foreach_partition([](auto const&, auto const&) { throw std::runtime_error("now"); });
      },
      differences);
  auto expected = items;
  for (auto& part : expected) std::erase_if(part, [](Item const& item) { return item.value % 3 == 1; });
  differences.compare("named", first, expected);
  differences.compare("named after a failure", again, expected);
  differences.compare("source after a failure", asked.load(), false);
}

constexpr std::int64_t rounds = 4;

// The numbers of one round, folded partition by partition.
State plain_round(Items const& items, State const& state) {
  auto told = state[1];
  for (auto const& part : items) {
    std::optional<std::int64_t> here;
    for (auto const& item : part)
      if (item.value % rounds == state[0]) here = here ? mixed(*here, item.value) : item.value;
    if (here) told = mixed(told, *here);
  }
  return {state[0] + 1, told};
}

void go_round(Shape const& shape, Items const& items, Differences& differences) {
  State expected{0, 1}, found;
  while (expected[0] < rounds) expected = plain_round(items, expected);
  fail_and_resume(
      shape,
      [&](Job& job, bool fails) {
        auto const data = given(job, items);
        found = pel::iterate(job, "rounds", State{0, 1}, rounds, [&](State const& state) {
          if (fails && state[0] == 2) throw std::runtime_error("now");
          auto const of_round = data.map(item_number).filter([at = state[0]](auto x) { return x % rounds == at; });
          return State{state[0] + 1, of_round.all_reduce(state[1], mixed)};
        });
      },
      differences);
  differences.compare("iterate", found, expected);
}

}  // namespace

TEST_CASE("a named dataset is the same before and after a failure, however elements lie") {
  CHECK(differences_of_layouts(keep_by_name, {{7, 2}}) == "");
  CHECK(holds_for_any("kept by name", keep_by_name, 5));
}

TEST_CASE("rounds over elements give what a plain program gives, also after a failure") {
  CHECK(differences_of_layouts(go_round, {{7, 2}}) == "");
  CHECK(holds_for_any("rounds", go_round, 5));
}
