// What this process can know of the machine and of its launcher, before MPI starts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pel::base {

// Cores this process may run on: the size of its affinity mask, at least 1.
[[nodiscard]] int cores_allowed();

// The affinity mask as text ("0-3,8"), to see who shares cores with whom.
[[nodiscard]] std::string affinity_text();

[[nodiscard]] std::string host_name();

// This process's rank as its launcher (mpirun, srun, another PMI) says in the environment; none when started alone.
[[nodiscard]] std::optional<int> launched_rank();

// The greatest resident memory of this process so far, in bytes (VmHWM).
[[nodiscard]] std::uint64_t peak_rss_bytes();

// Seconds on a clock that never goes back.
[[nodiscard]] double monotonic_seconds();

}  // namespace pel::base
