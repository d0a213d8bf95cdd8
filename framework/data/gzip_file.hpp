// Files packed with gzip: one stream, which cannot be cut, so it is unpacked whole into memory.
#pragma once

#include <string>
#include <string_view>

#include "data/file.hpp"

namespace pel::data {

// Whether a file of this name is a packed one, even if its bytes say otherwise, so that a damaged one is an error and
// not a text.
[[nodiscard]] inline bool is_gzip_name(std::string_view path) noexcept { return path.ends_with(".gz"); }

// Whether its first two bytes are gzip's.
[[nodiscard]] bool is_gzip(File const& file);

// The text of a packed file; several members in a row are joined, zeros behind the last (padding of tapes) are dropped.
// Throws: BadData with the offset in the packed file if it is damaged or cut short.
[[nodiscard]] std::string unpack_gzip(File const& file);

}  // namespace pel::data
