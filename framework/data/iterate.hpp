// Rounds over a value that all ranks have alike, and that a checkpoint holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "data/flow.hpp"
#include "data/state_fields.hpp"
#include "engine/driven_run.hpp"
#include "engine/vote.hpp"

namespace pel {

// What a round may return beside the state: whether there is another.
template <class S>
struct Round {
  S state;
  Vote vote = Vote::go_on;
};

namespace data {

template <class S>
struct IteratedState {
  S state;
  std::int64_t round = 0;
  std::uint8_t halted = 0;

  void visit(engine::StateVisitor& visitor, std::string const& name) const {
    StateSaver(visitor, name + "/state").save(state);
    StateSaver(visitor, name + "/round").save(round);
    StateSaver(visitor, name + "/halted").save(halted);
  }
  void load(std::vector<store::FieldView> const& fields, std::string const& name) {
    StateLoader(fields, name + "/state").load(state);
    StateLoader(fields, name + "/round").load(round);
    StateLoader(fields, name + "/halted").load(halted);
  }
};

// See pel::iterate.
template <class S, class Body>
[[nodiscard]] S iterate(Flow& flow, std::string const& name, S initial, std::int64_t rounds, Body const& body) {
  auto const kept = std::make_shared<IteratedState<S>>();
  kept->state = std::move(initial);
  auto& run = flow.run();
  if (run.restored(name)) flow.restore(name, [&] { kept->load(run.restored_value(name), name); });
  run.name(name, {.visit = {}, .visit_replicated = [kept, name](auto& visitor) { kept->visit(visitor, name); }});
  Flow::InRound const in_round(flow);
  while (kept->round < rounds && kept->halted == 0) {
    Flow::Numbering const numbering(flow, name, kept->round);
    if constexpr (std::is_convertible_v<std::invoke_result_t<Body const&, S const&>, S>) {
      kept->state = body(std::as_const(kept->state));
    } else {
      Round<S> next = body(std::as_const(kept->state));
      kept->state = std::move(next.state);
      kept->halted = next.vote == Vote::halt ? 1 : 0;
    }
    ++kept->round;
  }
  return kept->state;
}

}  // namespace data
}  // namespace pel
