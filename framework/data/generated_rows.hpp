// Inputs that are made where they are read: rows of one size, each a function of a few parameters and its number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace pel::data {

// The bytes of a file that nobody has: `rows()` rows, one behind the other, of `row_bytes()` bytes each. Any part can
// be made without the others, by any rank and thread. A value that does not change; holds none of its bytes.
class GeneratedRows {
 public:
  virtual ~GeneratedRows() = default;
  GeneratedRows(GeneratedRows const&) = delete;
  GeneratedRows& operator=(GeneratedRows const&) = delete;

  // The generator and all its parameters, also those that were not given: what the bytes follow from.
  // Example: "tera:" has "tera:n=1000000,kind=uniform,seed=1".
  [[nodiscard]] std::string const& spec() const noexcept { return spec_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t row_bytes() const noexcept { return row_bytes_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return rows_ * row_bytes_; }  // bytes
  // How many doubles a row is; 0 where it is none.
  [[nodiscard]] std::size_t numbers() const noexcept { return numbers_; }

  // Fills `to` with the bytes from `offset` on. From any thread. Requires: offset + to.size() <= size().
  // Cost: w = the rows that it touches, whole.
  void read_at(std::uint64_t offset, std::span<char> to) const;

 protected:
  // Requires: rows * row_bytes < 2^63, row_bytes > 0.
  GeneratedRows(std::string spec, std::uint64_t rows, std::size_t row_bytes, std::size_t numbers = 0)
      : spec_(std::move(spec)), rows_(rows), row_bytes_(row_bytes), numbers_(numbers) {}
  // Writes row `number`. Requires: number < rows(), row.size() == row_bytes(); it lies as it comes, not aligned.
  virtual void make(std::uint64_t number, std::span<char> row) const = 0;

 private:
  std::string spec_;
  std::uint64_t rows_;
  std::size_t row_bytes_, numbers_;
};

// No generator makes more rows.
inline constexpr std::uint64_t most_generated_rows = 100'000'000'000;

}  // namespace pel::data
