// The input `tera:`: records of 100 bytes, those of a file that `tera_sort gen` writes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/generated_rows.hpp"
#include "data/tera_record.hpp"

namespace pel::data {

// Row i is tera_record(kind, seed, i).
class GeneratedTera final : public GeneratedRows {
 public:
  // "tera:n=4M,kind=skew,seed=1". n: how many, by default 1M, with K, M or G for powers of ten; kind: uniform (the
  // default), skew or equal; seed: by default 1, of which the lowest 24 bits
  // count, as they do for `gen`. Throws: UsageError.
  explicit GeneratedTera(std::string const& spec);

 private:
  struct Parameters {
    std::uint64_t n;
    TeraKind kind;
    std::uint64_t seed;
  };
  explicit GeneratedTera(Parameters parameters);
  static Parameters parse(std::string const& spec);
  void make(std::uint64_t number, std::span<char> row) const override;

  TeraKind kind_;
  std::uint64_t seed_;
};

}  // namespace pel::data
