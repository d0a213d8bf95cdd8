// The input `reads:`: short reads of a long genome, as the text of a FASTA file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "data/generated_rows.hpp"
#include "data/keyed_hash.hpp"

namespace pel::data {

// n reads of `length` letters of a genome of `genome` letters, which nobody holds: its letter i is a function of (seed,
// i). With h(a, b, …) = KeyedHash(seed).under(a)…(…), where the last number is the one in the second brackets:
//   letter i of the genome is "ACGT"[b], b the bits 2 (i mod 32) and 2 (i mod 32) + 1 of h(0, floor(i / 32));
//   read i begins at letter h(1, i) mod (genome - length + 1);
//   with errors=E, its letter j is a wrong one where e = h(2, i, j) has e mod 1000 < E: "ACGT"[(b + 1 + floor(e / 2^32)
//   mod 3) mod 4].
// Read i is two lines, '>' with i in 12 digits, and the letters; all reads have the same size.
class GeneratedReads final : public GeneratedRows {
 public:
  // "reads:n=1M,length=100,genome=1M,errors=0,seed=1". n (by default 1M) and genome (1M): with K, M or G for powers of
  // ten; length (100): 1 to 10,000, no more than the genome; errors (0): of 1,000 letters so many are wrong.
  // Throws: UsageError.
  explicit GeneratedReads(std::string const& spec);

 private:
  struct Parameters {
    std::uint64_t n, length, genome, errors, seed;
  };
  explicit GeneratedReads(Parameters const& parameters);
  static Parameters parse(std::string const& spec);
  void make(std::uint64_t number, std::span<char> row) const override;
  [[nodiscard]] char* put_letters(std::uint64_t from, char* to) const noexcept;

  std::uint64_t length_, starts_, errors_;
  KeyedHash genome_, start_, error_;
};

}  // namespace pel::data
