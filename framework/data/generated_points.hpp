// The input `points:`: points around centres, as rows of doubles; with labels for who learns them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/generated_rows.hpp"
#include "data/keyed_hash.hpp"

namespace pel::data {

// n points of d numbers around k centres, which lie in the cube from -1 to 1. With h(a, b, …) = KeyedHash(seed)
// .under(a)…(…), where the last number is the one in the second brackets:
//   point i belongs to centre c = h(0, i) mod k;
//   number j of centre c is (h(1, c, j) / 2^11 - 2^52) / 2^52, where the first quotient is rounded down;
//   the noise of number j of point i is the sum of the three lowest fields of 21 bits of h(2, i, j), less 3 * 2^20,
//   over 2^24: a bell around 0 that ends at 3/16, its standard deviation is 1/16.
// The number is centre + noise. It is a whole multiple of 2^-52, and made without rounding: the same on any machine.
//
// With labels=yes a point has one more number, the last: 1 where the sum over j of w(j) * floor(2^24 number j), w(j) =
// h(3, j) / 2^48 - 2^15, is above 0, else 0; for one point in ten, those with h(4, i) mod 10 = 0, the other way round.
// So a plane tells nine points in ten apart, and none does better.
class GeneratedPoints final : public GeneratedRows {
 public:
  // "points:n=2M,d=16,k=32,labels=no,seed=1". n (by default 100K) and k (32): with K, M or G for powers of ten; d (16):
  // without the label. Throws: UsageError.
  explicit GeneratedPoints(std::string const& spec);

 private:
  struct Parameters {
    std::uint64_t n, d, k;
    bool labels;
    std::uint64_t seed;
  };
  explicit GeneratedPoints(Parameters const& parameters);
  static Parameters parse(std::string const& spec);
  void make(std::uint64_t number, std::span<char> row) const override;

  std::uint64_t d_, k_;
  bool labels_;
  KeyedHash which_centre_, centres_, noise_, weights_, wrong_;
};

}  // namespace pel::data
