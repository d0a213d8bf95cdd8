#include "data/generated_points.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "pel/error.hpp"
#include "pel/logistic_regression.hpp"
#include "pel/points.hpp"
#include "run_datasets.hpp"
#include "splitmix_oracle.hpp"

using namespace pel::test;
using pel::Job;
using pel::Reread;

namespace {

struct Kind {
  std::uint64_t n, d, k, seed;
  bool labels = false;
  [[nodiscard]] std::string spec() const {
    return "points:n=" + std::to_string(n) + ",d=" + std::to_string(d) + ",k=" + std::to_string(k) +
           ",seed=" + std::to_string(seed) + (labels ? ",labels=yes" : "");
  }
};

// By the definition, in doubles: no sum or product of it is rounded.
std::vector<double> point(Kind const& kind, std::uint64_t i) {
  std::vector<double> row;
  double sum = 0;
  auto const centre = keyed(kind.seed, {0, i}) % kind.k;
  for (std::uint64_t j = 0; j < kind.d; ++j) {
    auto const place = std::ldexp(static_cast<double>(keyed(kind.seed, {1, centre, j}) >> 11U), -52) - 1;
    auto const draw = keyed(kind.seed, {2, i, j});
    double noise = -3 * std::ldexp(1, 20);
    for (auto const shift : {0U, 21U, 42U}) noise += static_cast<double>((draw >> shift) % (1U << 21U));
    row.push_back(place + std::ldexp(noise, -24));
    auto const weight = static_cast<double>(keyed(kind.seed, {3, j}) >> 48U) - 32768;
    sum += weight * std::floor(std::ldexp(row.back(), 24));
  }
  if (kind.labels) row.push_back((sum > 0) == (keyed(kind.seed, {4, i}) % 10 != 0) ? 1 : 0);
  return row;
}

std::vector<double> points(Kind const& kind) {
  std::vector<double> all;
  for (std::uint64_t i = 0; i < kind.n; ++i)
    for (auto const number : point(kind, i)) all.push_back(number);
  return all;
}

std::string bits_of(std::vector<double> const& numbers) {
  std::string text;
  for (auto const number : numbers) text += std::to_string(std::bit_cast<std::uint64_t>(number)) + "\n";
  return text;
}

void write_bits(Job& job, pel::Dataset<pel::Point> const& all) {
  all.write_lines(job.output(), [](auto row, auto& out) {
    for (auto const number : row) out << std::bit_cast<std::uint64_t>(number) << '\n';
  });
}

}  // namespace

TEST_CASE("generated points are those of a plain loop, whoever makes them") {
  for (Kind const& kind : {Kind{3'001, 16, 32, 1}, Kind{500, 1, 1, 7}, Kind{2'000, 5, 3, ~0ULL, true}, Kind{3, 2, 9, 1},
                           Kind{0, 4, 2, 1}}) {
    auto const expected = bits_of(points(kind));
    for (auto const& shape : dataset_shapes())
      for (auto const reread : {Reread::files, Reread::mapped}) {
        auto const done = run_datasets(
            shape.options(), [&](Job& job) { write_bits(job, pel::read_points(job, {kind.spec()}, 0, {}, reread)); });
        CHECK((done.text == expected));
      }
  }
}

TEST_CASE("generated points are a file of rows of doubles") {
  Kind const kind{700, 3, 4, 2};
  auto const all = points(kind);
  auto const path = text_file({reinterpret_cast<char const*>(all.data()), all.size() * sizeof(double)});
  auto const expected = bits_of(all);
  auto const both = run_datasets({}, [&](Job& job) { write_bits(job, pel::read_points(job, {path, kind.spec()})); });
  CHECK((both.text == expected + expected));
}

TEST_CASE("points are picked by their numbers") {
  Kind const kind{1'000, 4, 5, 3};
  (void)run_datasets({"--partitions", "7"}, [&](Job& job) {
    auto const all = pel::read_points(job, {kind.spec()});
    auto const centres = pel::spread_over(all, 8);
    std::vector<double> expected;
    for (std::uint64_t i = 0; i < 8; ++i)
      for (auto const number : point(kind, i * 125)) expected.push_back(number);
    std::vector<double> found;
    for (std::size_t i = 0; i < 8; ++i)
      for (auto const number : centres[i]) found.push_back(number);
    CHECK(found == expected);
    CHECK(all.size() == kind.n);
  });
}

TEST_CASE("points lie around their centres") {
  Kind const kind{20'000, 2, 3, 1};
  double squares = 0, furthest = 0;
  for (std::uint64_t i = 0; i < kind.n; ++i) {
    auto const row = point(kind, i);
    for (std::uint64_t j = 0; j < kind.d; ++j) {
      auto const centre = keyed(1, {1, keyed(1, {0, i}) % 3, j});
      auto const noise = row[j] - (std::ldexp(static_cast<double>(centre >> 11U), -52) - 1);
      squares += noise * noise;
      furthest = std::max(furthest, std::abs(noise));
    }
  }
  CHECK(std::sqrt(squares / 40'000) == doctest::Approx(1.0 / 16).epsilon(0.01));
  CHECK(furthest <= 3.0 / 16);
  CHECK(furthest > 2.5 / 16);
}

TEST_CASE("labels are learnt from nine points in ten") {
  double accuracy = 0;
  std::uint64_t ones = 0;
  (void)run_datasets({}, [&](Job& job) {
    auto const all = pel::read_points(job, {"points:n=20K,d=8,labels=yes"}, 0, pel::last_is_label);
    pel::LogisticFit fit;
    for (int round = 0; round < 8; ++round)
      fit = fit.newton(
          all.aggregate<pel::LogisticSums>(pel::logistic_sums(fit.weights(), pel::LogisticSums::Needs::curvature)),
          1e-4);
    auto const sums =
        all.aggregate<pel::LogisticSums>(pel::logistic_sums(fit.weights(), pel::LogisticSums::Needs::loss));
    accuracy = static_cast<double>(sums.hits()) / static_cast<double>(sums.points());
    ones = all.filter([](auto row) { return row.back() == 1; }).size();
  });
  CHECK(accuracy > 0.87);
  CHECK(accuracy < 0.91);
  CHECK(ones > 4'000);
  CHECK(ones < 16'000);
}

TEST_CASE("generated points keep their bytes from release to release") {
  pel::data::GeneratedPoints const made("points:n=1K,d=7,k=5,labels=yes,seed=3");
  std::string bytes(made.size(), '?');
  made.read_at(0, bytes);
  CHECK(pel::base::to_hex(pel::base::digest_of(std::as_bytes(std::span(bytes)))) == "79c894ce4b084561659b957568d08ed7");
}

TEST_CASE("points of another width and what makes no points are refused") {
  auto const read = [](std::vector<std::string> const& names, std::size_t width) {
    return run_datasets({}, [&](Job& job) { (void)pel::read_points(job, names, width).size(); });
  };
  (void)read({"points:n=10,d=3"}, 3);
  CHECK_THROWS_AS((void)read({"points:n=10,d=3"}, 4), pel::UsageError);
  CHECK_THROWS_AS((void)read({"points:n=10,d=3", "points:n=10,d=4"}, 0), pel::UsageError);
  CHECK_THROWS_AS((void)read({"tera:n=10"}, 0), pel::UsageError);
  CHECK_THROWS_AS((void)read({"points:n=10", text_file("x.csv")}, 3), pel::UsageError);
  CHECK_THROWS_AS((void)run_datasets(
                      {}, [](Job& job) { (void)pel::read_points(job, {"points:n=10"}, 0, pel::last_is_label).size(); }),
                  pel::BadData);
}
