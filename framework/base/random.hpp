// Random numbers by counter: number i of a stream is a function of (key, i), so that a partition's numbers never depend
// on ranks, threads, clocks or on what was drawn elsewhere.
#pragma once

#include <array>
#include <cstdint>

namespace pel {

// A stream of 64-bit numbers, seeded by a job's seed, a partition and a superstep. A UniformRandomBitGenerator; the
// standard's distributions are not specified exactly, so take uniform() and below() where bits count.
// Generator: Philox4x64-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
class Random {
 public:
  using result_type = std::uint64_t;
  Random(std::uint64_t seed, std::uint64_t partition, std::uint64_t superstep) noexcept
      : key_{seed, partition}, stream_(superstep) {}

  [[nodiscard]] static constexpr result_type min() noexcept { return 0; }
  [[nodiscard]] static constexpr result_type max() noexcept { return ~std::uint64_t{0}; }

  // The next number of the stream.
  result_type operator()() noexcept;
  // Uniform in [0, 1), 53 bits.
  [[nodiscard]] double uniform() noexcept { return static_cast<double>((*this)() >> 11U) * 0x1.0p-53; }
  // Uniform in 0 … n - 1 (bias below 2^-32). Requires: 0 < n < 2^32.
  [[nodiscard]] std::uint64_t below(std::uint64_t n) noexcept { return (((*this)() >> 32U) * n) >> 32U; }

 private:
  std::array<std::uint64_t, 2> key_;
  std::uint64_t stream_;
  std::uint64_t block_ = 0;
  std::array<std::uint64_t, 4> numbers_{};
  unsigned left_ = 0;
};

}  // namespace pel
