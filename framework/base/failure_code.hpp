// The exit code that belongs to an exception.
#pragma once

#include <exception>

namespace pel::base {

// Of one of PEL's exceptions its own; 70 for any other.
[[nodiscard]] int failure_code(std::exception const& error);

}  // namespace pel::base
