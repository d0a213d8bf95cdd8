// Rounds over a value that all ranks have alike.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "data/iterate.hpp"
#include "pel/dataset.hpp"
#include "pel/fields.hpp"

namespace pel {

// Calls body(state) -> next state, `rounds` times; a body may return Round{state, Vote::halt} to end earlier. The state
// is what checkpoints hold under this name: after a failure the program runs from its top, and goes on with the round
// that was not done. What a body
// writes is no part of the result's digest: a resumed job writes only what is left. Collective: all ranks. Throws:
// Misuse for a name that is used twice. Example: iterate(job, "means", start, 10, [&](auto const& m) { return
// points.aggregate<ClusterSums>(…).means(m); })
template <class S, class Body>
[[nodiscard]] S iterate(Job& job, std::string const& name, S initial, std::int64_t rounds, Body const& body) {
  return data::iterate(*flow_of(job), name, std::move(initial), rounds, body);
}

}  // namespace pel
