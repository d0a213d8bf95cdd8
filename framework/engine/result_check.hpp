// A second opinion on the result of a run, before its job says that it is done.
#pragma once

#include <functional>
#include <string>

namespace pel::engine {

// Is called on rank 0 with the whole result, as a text file would have it, and says what is wrong with it; nothing: the
// result is right. What it throws fails the job on all ranks.
using ResultCheck = std::function<std::string(std::string text)>;

}  // namespace pel::engine
