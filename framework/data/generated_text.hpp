// Text like people write, made from a seed: the input of a job that has none. Words of letters whose frequencies fall
// like 1 / rank, lines of about ten words, each a sentence with commas.
// 200 MB with seed 1 have 22.7 M words, 1.36 M of them distinct (split at blanks), and a tenth as many lines: within 2
// % of as much documentation and C source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace pel::data {

// The text is a row of blocks of 64 KiB, each a function of (seed, number of the block) alone, so that any part can be
// made without the others; the last block is shorter. Each block ends with a newline.
struct GeneratedText {
  static constexpr std::size_t block_bytes = std::size_t{1} << 16;

  std::uint64_t bytes = 200'000'000;
  std::uint64_t seed = 1;

  // "text:", "text:bytes=200M,seed=1": K, M, G are powers of ten; at most 1,000 G.
  // Throws: UsageError.
  [[nodiscard]] static GeneratedText parse(std::string const& spec);

  [[nodiscard]] std::uint64_t blocks() const noexcept { return (bytes + block_bytes - 1) / block_bytes; }

  // Appends block `number`. Requires: number < blocks().
  void append_block(std::uint64_t number, std::string& text) const;

  // All of it: exactly `bytes` bytes.
  [[nodiscard]] std::string make() const;
};

}  // namespace pel::data
