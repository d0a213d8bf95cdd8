// How many bytes of elements may come to all ranks at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "data/flow.hpp"

namespace pel::data {

// How many bytes of elements come to a driver that did not ask for more.
inline constexpr std::uint64_t most_gathered = std::uint64_t{256} << 20U;

// Of one superstep. A partition tells how many bytes it has before those themselves; a rank that has more than the
// limit keeps no more of them, and then all are refused.
class GatherLimit {
 public:
  // `more`: how a program asks for more.
  GatherLimit(std::string verb, std::uint64_t limit, std::string more);

  // Whether this rank may keep so many more. From any thread.
  [[nodiscard]] bool admits(std::uint64_t bytes) noexcept {
    return here_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= limit_;
  }
  // What all have. Throws: Misuse, on all ranks alike, where that is more than the limit.
  [[nodiscard]] std::uint64_t total(Contributions parts) const;
  // The elements of a partition.
  [[nodiscard]] static std::span<std::byte const> elements(std::span<std::byte const> part) noexcept {
    return part.subspan(sizeof(std::uint64_t));
  }

 private:
  std::string verb_, more_;
  std::uint64_t limit_;
  std::atomic<std::uint64_t> here_{0};
};

}  // namespace pel::data
