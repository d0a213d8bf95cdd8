#include "data/generated_points.hpp"

#include <cstring>

#include "data/generator_spec.hpp"

namespace pel::data {
namespace {

constexpr std::uint64_t most_numbers = (std::uint64_t{1} << 20U) - 1;  // a label is one more
constexpr std::uint64_t wrong_label_in = 10;

// Both in units of 2^-52.
constexpr std::int64_t centre_of(std::uint64_t hash) noexcept {
  return static_cast<std::int64_t>(hash >> 11U) - (std::int64_t{1} << 52U);
}
constexpr std::int64_t noise_of(std::uint64_t hash) noexcept {
  constexpr std::uint64_t field = (std::uint64_t{1} << 21U) - 1;
  auto const sum = (hash & field) + (hash >> 21U & field) + (hash >> 42U & field);
  return (static_cast<std::int64_t>(sum) - 3 * (std::int64_t{1} << 20U)) * (std::int64_t{1} << 28U);
}
// What a number, in units of 2^-52, adds to the sum that a label follows from; 2^20 of them stay below 2^60.
constexpr std::int64_t share_of_label(std::int64_t number, std::uint64_t hash) noexcept {
  return (number >> 28U) * (static_cast<std::int64_t>(hash >> 48U) - (std::int64_t{1} << 15U));
}

}  // namespace

GeneratedPoints::Parameters GeneratedPoints::parse(std::string const& spec) {
  GeneratorSpec const given(spec, {"n", "d", "k", "labels", "seed"});
  return {given.amount("n", 100'000, most_generated_rows), given.whole("d", 16, 1, most_numbers),
          given.amount("k", 32, most_generated_rows, 1), given.yes("labels", false),
          given.whole("seed", 1, 0, ~std::uint64_t{0})};
}

GeneratedPoints::GeneratedPoints(std::string const& spec) : GeneratedPoints(parse(spec)) {}

GeneratedPoints::GeneratedPoints(Parameters const& parameters)
    : GeneratedRows("points:n=" + std::to_string(parameters.n) + ",d=" + std::to_string(parameters.d) +
                        ",k=" + std::to_string(parameters.k) + ",labels=" + (parameters.labels ? "yes" : "no") +
                        ",seed=" + std::to_string(parameters.seed),
                    parameters.n, (parameters.d + (parameters.labels ? 1 : 0)) * sizeof(double),
                    parameters.d + (parameters.labels ? 1 : 0)),
      d_(parameters.d),
      k_(parameters.k),
      labels_(parameters.labels),
      which_centre_(KeyedHash(parameters.seed).under(0)),
      centres_(KeyedHash(parameters.seed).under(1)),
      noise_(KeyedHash(parameters.seed).under(2)),
      weights_(KeyedHash(parameters.seed).under(3)),
      wrong_(KeyedHash(parameters.seed).under(4)) {}

void GeneratedPoints::make(std::uint64_t number, std::span<char> row) const {
  auto const centre = centres_.under(which_centre_(number) % k_), noise = noise_.under(number);
  auto* at = row.data();
  auto const put = [&at](double value) {
    std::memcpy(at, &value, sizeof value);
    at += sizeof value;
  };
  std::int64_t sum = 0;
  for (std::uint64_t j = 0; j < d_; ++j) {
    auto const value = centre_of(centre(j)) + noise_of(noise(j));
    put(static_cast<double>(value) * 0x1p-52);
    if (labels_) sum += share_of_label(value, weights_(j));
  }
  if (labels_) put((sum > 0) != (wrong_(number) % wrong_label_in == 0) ? 1 : 0);
}

}  // namespace pel::data
