// What the launcher can see of a running job: its status, its heartbeats, its checkpoints, and the processes here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "launch/watch.hpp"
#include "store/run_status.hpp"

namespace pel::launch {

// The exit code that a status proves for a launch: none while it runs, and for another incarnation.
[[nodiscard]] std::optional<int> outcome_of(std::optional<store::RunStatus> const& status, int incarnation);

// Of a rank's process, if it is on this host.
[[nodiscard]] ProcessState process_state(store::Heartbeat const& beat);

// Whether `pel halt` has asked for a stop by now: after this superstep, so many seconds after the launch began.
[[nodiscard]] bool halt_asked(std::filesystem::path const& halt, std::int64_t superstep, double seconds) noexcept;

// Whether the launcher that last owned these checkpoints has certainly ended; false where that cannot be known, such as
// on another host.
[[nodiscard]] bool launcher_gone(std::filesystem::path const& checkpoints);

// How often the kernel has killed a process of this control group for want of memory; none where it does not say.
[[nodiscard]] std::optional<std::int64_t> out_of_memory_kills();
// The number after "oom_kill " in memory.events or memory.oom_control.
[[nodiscard]] std::optional<std::int64_t> parse_out_of_memory_kills(std::string const& text);

}  // namespace pel::launch
