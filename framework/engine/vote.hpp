// A partition's vote at the end of its superstep.
#pragma once

#include <cstdint>

namespace pel {

// go_on: run me in the next superstep. halt: only if a message comes. When all have halted and no message is under way,
// the job is done.
enum class Vote : std::uint8_t { halt, go_on };

}  // namespace pel
