// Files packed with zstd: one stream, which cannot be cut, so it is unpacked whole into memory.
#pragma once

#include <string>
#include <string_view>

#include "data/file.hpp"

namespace pel::data {

// Whether a file of this name is a packed one, even if its bytes say otherwise, so that a damaged one is an error and
// not a text.
[[nodiscard]] inline bool is_zstd_name(std::string_view path) noexcept { return path.ends_with(".zst"); }

// Whether its first four bytes are zstd's.
[[nodiscard]] bool is_zstd(File const& file);

// The text of a packed file; several frames in a row are joined.
// Throws: BadData with the offset in the packed file if it is damaged or cut short. (Damage inside a frame that was
// packed without a checksum may go unseen; the program zstd writes one.)
[[nodiscard]] std::string unpack_zstd(File const& file);

}  // namespace pel::data
