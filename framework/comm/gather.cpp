#include "comm/gather.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "comm/native.hpp"

namespace pel::comm {
namespace {
constexpr std::size_t prefix = sizeof(std::uint64_t);       // the size, before the bytes
constexpr std::size_t most_inline = std::size_t{1} << 16U;  // beyond this a second collective is the cheaper way
}  // namespace

SmallGather::SmallGather(Communicator communicator)
    : communicator_(std::move(communicator)), views_(static_cast<std::size_t>(communicator_.size())) {}

std::vector<std::span<std::byte const>> const& SmallGather::gather(std::span<std::byte const> mine) {
  auto const ranks = views_.size();
  auto const stride = prefix + capacity_;
  mine_.resize(stride);
  all_.resize(stride * ranks);
  std::uint64_t const size = mine.size();
  std::memcpy(mine_.data(), &size, prefix);
  if (!mine.empty()) std::memcpy(mine_.data() + prefix, mine.data(), std::min(mine.size(), capacity_));
  check(MPI_Allgather(mine_.data(), static_cast<int>(stride), MPI_BYTE, all_.data(), static_cast<int>(stride), MPI_BYTE,
                      communicator_.native().handle()),
        "MPI_Allgather", communicator_);

  std::size_t most = 0;
  for (std::size_t r = 0; r < ranks; ++r) {
    std::uint64_t n = 0;
    std::memcpy(&n, all_.data() + r * stride, prefix);
    most = std::max<std::size_t>(most, n);
    views_[r] = {all_.data() + r * stride + prefix, n};
  }
  if (most <= capacity_) return views_;

  std::vector<std::uint64_t> sizes;
  for (auto const& view : views_) sizes.push_back(view.size());
  gather_rest(mine, sizes);
  capacity_ = std::max(capacity_, std::min(std::bit_ceil(most + prefix) - prefix, most_inline));
  return views_;
}

// All bytes again in full, in rounds that MPI's int counts can bear.
void SmallGather::gather_rest(std::span<std::byte const> mine, std::vector<std::uint64_t> const& sizes) {
  auto const ranks = sizes.size();
  std::uint64_t const round = (std::uint64_t{1} << 30U) / ranks;
  auto const most = *std::max_element(sizes.begin(), sizes.end());
  long_.resize(ranks);
  for (std::size_t r = 0; r < ranks; ++r) long_[r].resize(sizes[r]);

  std::vector<std::byte> received;
  std::vector<int> counts(ranks), offsets(ranks);
  for (std::uint64_t at = 0; at < most; at += round) {
    int total = 0;
    for (std::size_t r = 0; r < ranks; ++r) {
      counts[r] = static_cast<int>(at < sizes[r] ? std::min(round, sizes[r] - at) : 0);
      offsets[r] = total;
      total += counts[r];
    }
    received.resize(static_cast<std::size_t>(total));
    auto const own = counts[static_cast<std::size_t>(communicator_.rank())];
    check(MPI_Allgatherv(own > 0 ? mine.data() + at : nullptr, own, MPI_BYTE, received.data(), counts.data(),
                         offsets.data(), MPI_BYTE, communicator_.native().handle()),
          "MPI_Allgatherv", communicator_);
    for (std::size_t r = 0; r < ranks; ++r)
      if (counts[r] > 0)
        std::memcpy(long_[r].data() + at, received.data() + offsets[r], static_cast<std::size_t>(counts[r]));
  }
  for (std::size_t r = 0; r < ranks; ++r) views_[r] = long_[r];
}

}  // namespace pel::comm
