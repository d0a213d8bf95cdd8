// A second opinion on the result of a run, before its job says that it is done.
#pragma once

#include <string>

#include "base/function_ref.hpp"

namespace pel::engine {

// Is called on rank 0 with the whole result, as a text file would have it, and says what is wrong with it; nothing: the
// result is right. What it throws fails the job on all ranks.
using ResultCheck = base::FunctionRef<std::string(std::string text)>;

}  // namespace pel::engine
