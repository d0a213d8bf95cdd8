// The valid name that someone probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pel::base {

// The first of `names` with the least edit distance to `word`, if that is at most 2; else empty.
// Example: nearest("dampng", {"damping", "graph"}) is "damping".
[[nodiscard]] std::string nearest(std::string_view word, std::vector<std::string> const& names);

}  // namespace pel::base
