// The manifest of an epoch as text: JSON, then a line with the digest of it.
#pragma once

#include <filesystem>
#include <string>

#include "store/checkpoint.hpp"

namespace pel::store {

constexpr char const* manifest_name = "MANIFEST.json";

// "part-00003.h5" for rank 3.
[[nodiscard]] std::string part_name(std::size_t rank);

// Whether each partition is in exactly one part, and the parts are named as they must be.
[[nodiscard]] bool complete(Manifest const& manifest);

// Throws: InternalError if a text in it is not UTF-8.
[[nodiscard]] std::string to_text(Manifest const& manifest);

// A part's own lines of it, for rank 0 to put together. part_from() is the inverse.
[[nodiscard]] std::string to_text(PartSummary const& part);
[[nodiscard]] PartSummary part_from(std::string const& text);

// The inverse. `path` is for the message. Checks the digest, the format's version, and that every partition is in
// exactly one part. Throws: Damaged; ConfigError for what another version of PEL wrote, which is nobody's to change.
[[nodiscard]] Manifest parse_manifest(std::filesystem::path const& path, std::string const& text);

}  // namespace pel::store
