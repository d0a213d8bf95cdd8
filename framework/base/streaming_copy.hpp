// Copies of memory that nobody will read soon.
#pragma once

#include <cstddef>
#include <span>

namespace pel::base {

// Copies `from` to `to` past the caches: memory is written without being read first, and what is in the caches stays
// there. memcpy() does so too, but only for pieces larger than most partitions are: it took 1.5 times as long for
// pieces of 32 MiB (an EPYC of 8 MiB L3). Requires: as many bytes in both, which do not overlap.
// Cost: w = the bytes, read and written once.
void streaming_copy(std::span<std::byte const> from, std::span<std::byte> to) noexcept;

}  // namespace pel::base
