#include "data/join_mail.hpp"

#include <array>
#include <cstring>
#include <span>

namespace pel::data {

JoinMail::JoinMail(engine::StoredMail const& stored) : stored_(stored) {
  for (auto const& extent : stored.extents()) {
    std::array<std::uint64_t, 2> head{};
    stored.read(extent, 0, std::as_writable_bytes(std::span(head)));
    auto const& left = left_.emplace_back(Side{head_bytes, head[1], head[0]});
    auto const begin = head_bytes + left.bytes;
    auto const& right = right_.emplace_back(Side{begin, extent.bytes - begin, extent.count - left.count});
    right_bytes_ += right.bytes;
    right_count_ += right.count;
  }
}

base::Block JoinMail::load_right() const {
  base::Block block(right_bytes_);
  auto* at = block.data();
  for (std::size_t i = 0; i < right_.size(); ++i) {
    stored_.read(stored_.extents()[i], right_[i].begin, {at, right_[i].bytes});
    at += right_[i].bytes;
  }
  return block;
}

void JoinMail::append(std::vector<std::byte>& bytes, std::size_t extent, Side const& side) const {
  auto const before = bytes.size();
  bytes.resize(before + side.bytes);
  stored_.read(stored_.extents()[extent], side.begin, std::span(bytes).subspan(before));
}

void JoinMail::show_left(std::uint64_t most_bytes, Use use) const {
  std::vector<std::byte> bytes;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < left_.size(); ++i) {
    if (left_[i].count == 0) continue;
    if (count > 0 && bytes.size() + left_[i].bytes > most_bytes) {
      use(bytes.data(), count);
      bytes.clear();
      count = 0;
    }
    append(bytes, i, left_[i]);
    count += left_[i].count;
  }
  if (count > 0) use(bytes.data(), count);
}

void JoinMail::show_right(Use use) const {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < right_.size(); ++i) {
    if (right_[i].count == 0) continue;
    bytes.clear();
    append(bytes, i, right_[i]);
    use(bytes.data(), right_[i].count);
  }
}

}  // namespace pel::data
