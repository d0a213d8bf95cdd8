// Names the fields of a kernel's state, in its serialize().
#pragma once

#include <boost/serialization/nvp.hpp>
#include <utility>

namespace pel {

template <class Archive>
void fields(Archive&) {}

// Gives each value a name in the checkpoint: arithmetic values, std::array and std::vector of them (and std::vector of
// such arrays) and halos become typed datasets of that name, all else bytes of Boost.Serialization.
// Works with Boost's own archives, too.
// Example: void serialize(auto& archive, unsigned) { pel::fields(archive, "rank", rank_, "round", round_); }
template <class Archive, class T, class... Rest>
void fields(Archive& archive, char const* name, T& value, Rest&&... rest) {
  archive& boost::serialization::make_nvp(name, value);  // NOLINT(bugprone-*)
  fields(archive, std::forward<Rest>(rest)...);
}

}  // namespace pel
