// What memory is left for this process.
#pragma once

#include <cstdint>
#include <string>

namespace pel::base {

// Bytes that this process may still take without swapping: MemAvailable of the machine, and what the memory cgroup of
// the process and each group above it (version 1 or 2; of a container, of a SLURM job or step) have left below their
// limits. What a group holds of files is not counted as used, as the kernel gives it back under pressure, just as
// MemAvailable counts. `root`: where proc and sys are mounted; other than "" in tests only.
[[nodiscard]] std::uint64_t memory_available(std::string const& root = "");

}  // namespace pel::base
