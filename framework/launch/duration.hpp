// Lengths of time as people and SLURM write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pel::launch {

// "90", "30s", "5min", "30m", "2h", "1d", "1:30" (minutes), "2:00:00", "1-12:00:00": seconds. None for anything else,
// such as SLURM's UNLIMITED.
[[nodiscard]] std::optional<double> parse_duration(std::string_view text);

// "0.6 s", "83 s", "12 min", "3.2 h"
[[nodiscard]] std::string show_duration(double seconds);

}  // namespace pel::launch
