#include "store/creation_time.hpp"

#include <fmt/chrono.h>

#include <chrono>

namespace pel::store {

std::string creation_time() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now()));
}

}  // namespace pel::store
