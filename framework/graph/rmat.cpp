#include "graph/rmat.hpp"

#include <array>
#include <cstddef>

#include "base/hash.hpp"
#include "data/generator_spec.hpp"

namespace pel::graph {
namespace {

constexpr std::uint64_t splitmix(std::uint64_t z) noexcept { return base::mix64(z + 0x9E3779B97F4A7C15); }

// A probability as a bound on 53-bit numbers: x < bound exactly if x * 2^-53 < p in doubles.
constexpr std::uint64_t bound_of(double p) noexcept { return static_cast<std::uint64_t>(p * 0x1.0p53); }

// 1 if x >= bound, else 0. A comparison would become a branch, which is mispredicted at half of the levels.
constexpr std::uint64_t at_least(std::uint64_t x, std::uint64_t bound) noexcept { return (bound - 1 - x) >> 63; }

// A seeded bijection of [0, 2^bits): each of its steps can be undone.
class Scrambler {
 public:
  Scrambler(int bits, std::uint64_t seed) noexcept : mask_((std::uint64_t{1} << bits) - 1), shift_((bits + 1) / 2) {
    for (std::size_t i = 0; i < rounds; ++i) {
      add_[i] = splitmix(splitmix(seed) + i);
      factor_[i] = splitmix(splitmix(~seed) + i) | 1;
    }
  }

  [[nodiscard]] std::uint64_t operator()(std::uint64_t id) const noexcept {
    for (std::size_t i = 0; i < rounds; ++i) {
      id = (id + add_[i]) * factor_[i] & mask_;
      id ^= id >> shift_;
    }
    return id;
  }

 private:
  static constexpr std::size_t rounds = 3;
  std::uint64_t mask_;
  int shift_;
  std::array<std::uint64_t, rounds> add_{}, factor_{};
};

// Seeds above 255 do not fit above the counter; what is left of them goes over all bits.
constexpr std::uint64_t key_of(std::uint64_t seed) noexcept {
  return seed << 56 ^ (seed < 256 ? 0 : splitmix(seed >> 8));
}

}  // namespace

Rmat Rmat::parse(std::string const& spec) {
  data::GeneratorSpec const parameters(spec, {"scale", "seed", "edge_factor", "scramble"});
  Rmat rmat;
  rmat.scale = static_cast<int>(parameters.whole("scale", 16, 1, 40));
  rmat.seed = parameters.whole("seed", rmat.seed, 0, ~std::uint64_t{0});
  rmat.edge_factor = parameters.whole("edge_factor", rmat.edge_factor, 1, std::uint64_t{1} << 20);
  rmat.scramble = parameters.yes("scramble", rmat.scramble);
  return rmat;
}

std::string Rmat::canonical() const {
  return "rmat:scale=" + std::to_string(scale) + ",seed=" + std::to_string(seed) +
         ",edge_factor=" + std::to_string(edge_factor) + ",scramble=" + (scramble ? "yes" : "no");
}

void Rmat::append_edges(std::uint64_t first, std::uint64_t last,
                        std::vector<std::pair<std::uint64_t, std::uint64_t>>& to) const {
  auto const key = key_of(seed);
  Scrambler const scrambled(scale, seed);
  to.reserve(to.size() + (last - first));
  for (auto edge = first; edge < last; ++edge) {
    std::uint64_t source = 0, target = 0;
    for (std::uint64_t level = 0; level < static_cast<std::uint64_t>(scale); ++level) {
      auto const x = splitmix(key ^ (edge * 64 + level)) >> 11;
      auto const a = at_least(x, bound_of(.57)), b = at_least(x, bound_of(.76)), c = at_least(x, bound_of(.95));
      source = source << 1 | b;
      target = target << 1 | (a ^ b ^ c);
    }
    if (scramble)
      to.emplace_back(scrambled(source), scrambled(target));
    else
      to.emplace_back(source, target);
  }
}

}  // namespace pel::graph
