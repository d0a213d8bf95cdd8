// What a disk takes at best: plain writes and reads of one file a rank, for checkpoints to be held against.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace bench {

enum class Way { buffered, kicked, direct };  // kicked: asking for write-back after every piece; direct: O_DIRECT

// Writes a new file, 8 MiB at a time, and fsyncs it. Requires: whole pages. Throws: std::system_error.
void write_raw(std::string const& path, std::span<std::byte const> bytes, Way way);
// Reads it, 8 MiB at a time.
void read_raw(std::string const& path, std::span<std::byte> bytes);
// Lets the system forget what it has of the file.
void evict(std::string const& path);

}  // namespace bench
