// The mail of a join on disk: left elements and right elements, apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/block.hpp"
#include "base/function_ref.hpp"
#include "engine/stored_mail.hpp"

namespace pel::data {

class JoinMail {
 public:
  // Before what a source partition sent: count and bytes of its left elements, as two numbers of 64 bits.
  static constexpr std::uint64_t head_bytes = 2 * sizeof(std::uint64_t);
  // Sees elements, packed one behind the other, and how many they are.
  using Use = base::FunctionRef<void(std::byte const*, std::uint64_t)>;

  // Reads all heads. Throws: SystemError, as all below.
  explicit JoinMail(engine::StoredMail const& stored);

  [[nodiscard]] std::uint64_t right_bytes() const noexcept { return right_bytes_; }
  [[nodiscard]] std::uint64_t right_count() const noexcept { return right_count_; }
  [[nodiscard]] base::Block load_right() const;
  // In order, in pieces of at most so many bytes, if what one source sent at once is no more.
  void show_left(std::uint64_t most_bytes, Use use) const;
  void show_right(Use use) const;

 private:
  struct Side {
    std::uint64_t begin = head_bytes, bytes = 0, count = 0;
  };
  void append(std::vector<std::byte>& bytes, std::size_t extent, Side const& side) const;

  engine::StoredMail const& stored_;
  std::vector<Side> left_, right_;  // by extent
  std::uint64_t right_bytes_ = 0, right_count_ = 0;
};

}  // namespace pel::data
