#include "data/ordered_pipe.hpp"

namespace pel::data {

std::vector<std::uint64_t> firsts_of(std::vector<std::uint64_t> const& sizes) {
  std::vector<std::uint64_t> firsts{0};
  for (auto const size : sizes) firsts.push_back(firsts.back() + size);
  return firsts;
}

}  // namespace pel::data
