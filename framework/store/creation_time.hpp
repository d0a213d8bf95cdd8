// When a file was made, for people: nothing is decided by it, as clocks of two hosts differ.
#pragma once

#include <string>

namespace pel::store {

// Now, in UTC, such as "2024-05-17T08:30:00Z".
[[nodiscard]] std::string creation_time();

}  // namespace pel::store
