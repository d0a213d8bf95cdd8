#include "data/gather_limit.hpp"

#include <cstring>
#include <utility>

#include "pel/error.hpp"

namespace pel::data {

GatherLimit::GatherLimit(std::string verb, std::uint64_t limit, std::string more)
    : verb_(std::move(verb)), more_(std::move(more)), limit_(limit) {}

std::uint64_t GatherLimit::total(Contributions parts) const {
  std::uint64_t total = 0;
  for (auto const bytes : parts) {
    std::uint64_t n = 0;
    std::memcpy(&n, bytes.data(), sizeof n);
    total += n;
  }
  if (total > limit_)
    throw Misuse(verb_ + ": the elements have " + std::to_string(total) + " bytes, and all would lie on every rank, " +
                 "where " + std::to_string(limit_) + " are allowed: write them, make fewer, or allow more: " + more_);
  return total;
}

}  // namespace pel::data
