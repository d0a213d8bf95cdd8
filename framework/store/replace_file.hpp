// Small files that others read while they are written.
#pragma once

#include <filesystem>
#include <string>

namespace pel::store {

// Whoever opens `path` finds what was there before or all of `text`, never a part of it: a file beside it is written
// and renamed. `durable`: with fsync of the file and of its directory, so that it outlives a power loss; without, it
// outlives the process. Makes the directory if it is not there. Cost: one rename, and two fsyncs if durable.
// Throws: WriteFailed; then the old file is still there.
void replace_file(std::filesystem::path const& path, std::string const& text, bool durable);

// What is in the file; empty text and false if it cannot be read.
[[nodiscard]] bool read_small_file(std::filesystem::path const& path, std::string& text);

}  // namespace pel::store
