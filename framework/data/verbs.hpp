// What the lists of verbs (keyed_verbs.hpp, join_verbs.hpp, position_verbs.hpp, action_verbs.hpp) have of the stream
// that inherits them. A verb of a stream that stays works on a copy, which shares the data; one of a temporary takes
// over what it holds, so that a chain keeps nothing.
#pragma once

#include <utility>

namespace pel {
template <class Run>
class Stream;
template <class T>
class Dataset;
}  // namespace pel

namespace pel::data {

template <class Run, class Verbs>
[[nodiscard]] Stream<Run> copied(Verbs const& verbs) {
  return static_cast<Stream<Run> const&>(verbs);
}
template <class Run, class Verbs>
[[nodiscard]] Run taken(Verbs& verbs) {
  return std::move(static_cast<Stream<Run>&>(verbs)).run();
}

}  // namespace pel::data
