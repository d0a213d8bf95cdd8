// Lines of an input that could not be read: collected, so that the first of them can be shown, and some be tolerated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/function_ref.hpp"
#include "data/text_input.hpp"
#include "pel/error.hpp"

namespace pel::data {

struct BadLine {
  std::uint32_t file = 0;    // which file of the input, in the order they are read
  std::uint64_t offset = 0;  // of the line's first byte in the file, unpacked
  std::uint32_t column = 1;  // of the byte where it goes wrong, from 1
  std::string problem;       // "x12": expected a vertex number
};

// How many there are, and the first few in the order of the input. It does not matter in which order, or in how many
// parts that are joined later, they are found.
class BadLines {
 public:
  static constexpr std::size_t most_kept = 10;

  void add(BadLine line);
  void add(BadLines const& others);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::vector<BadLine> const& first() const noexcept { return first_; }  // at most most_kept

  // As bytes, for other ranks.
  [[nodiscard]] std::vector<std::byte> pack() const;
  [[nodiscard]] static BadLines unpack(std::span<std::byte const> bytes);

  // The text of the file of that number.
  using Texts = base::FunctionRef<TextSource const&(std::uint32_t file)>;
  // FILE:LINE:COLUMN: PROBLEM of each that is kept. Reads what is before them, once.
  [[nodiscard]] std::vector<std::string> places(Texts text) const;
  // What refuses them all. Requires: there is one.
  [[nodiscard]] BadData error(Texts text) const;

 private:
  [[nodiscard]] std::vector<std::int64_t> line_numbers(Texts text) const;
  [[nodiscard]] std::string place(Texts text, std::size_t i, std::int64_t number) const;

  std::uint64_t count_ = 0;
  std::vector<BadLine> first_;
};

}  // namespace pel::data
