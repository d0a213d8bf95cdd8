#include "data/plus_plus.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "pel/error.hpp"
#include "pel/iterate.hpp"
#include "pel/points.hpp"
#include "run_datasets.hpp"
#include "word_oracle.hpp"

using namespace pel::test;
using pel::Centroids;
using pel::Job;

namespace {

using Rows = std::vector<std::vector<double>>;

std::vector<double> row_of(std::string const& line) {
  std::vector<double> row(2);
  auto const comma = line.find(',');
  std::from_chars(line.data(), line.data() + comma, row[0]);
  std::from_chars(line.data() + comma + 1, line.data() + line.size(), row[1]);
  return row;
}

// The plain oracle, which knows what lines each partition has.
Rows plain_choice(std::string const& path, std::uint32_t partitions, std::size_t n, std::uint64_t seed) {
  auto const parts = lines_by_partition(path, partitions);
  Rows centres;
  while (centres.size() < n) {
    std::vector<std::vector<double>> weights(partitions);
    double total = 0;
    for (std::uint32_t p = 0; p < partitions; ++p) {
      double sum = 0;
      for (auto const& line : parts[p]) {
        auto const row = row_of(line);
        auto weight = centres.empty() ? 1.0 : 1e300;
        for (auto const& centre : centres) {
          auto const x = row[0] - centre[0], y = row[1] - centre[1];
          weight = std::min(weight, x * x + y * y);
        }
        weights[p].push_back(weight);
        sum += weight;
      }
      total += sum;
    }
    auto const wanted = pel::Random(seed, centres.size(), 0).uniform() * total;
    double before = 0;
    std::string picked;
    for (std::uint32_t p = 0; p < partitions && picked.empty(); ++p) {
      double sum = 0;
      for (auto const weight : weights[p]) sum += weight;
      double running = 0;
      for (std::size_t i = 0; i < weights[p].size() && before + sum > wanted && picked.empty(); ++i) {
        running += weights[p][i];
        if (running > wanted - before) picked = parts[p][i];
      }
      before += sum;
    }
    for (std::uint32_t p = 0; p < partitions && picked.empty(); ++p)
      if (!parts[p].empty()) picked = parts[p][0];
    centres.push_back(row_of(picked));
  }
  return centres;
}

Rows rows_of(Centroids const& centres) {
  Rows rows;
  for (std::size_t k = 0; k < centres.size(); ++k) rows.emplace_back(centres[k].begin(), centres[k].end());
  return rows;
}

Rows chosen(std::string const& path, Shape const& shape, std::size_t n, std::string const& seed) {
  Rows rows;
  auto const options = with({"--seed", seed}, shape.options());
  (void)run_datasets(options, [&](Job& job) {
    rows = rows_of(pel::plus_plus(job, pel::read_points(job, {path}), n));
    pel::write_once(job, job.output(), [](auto& out) { out << "chosen\n"; });
  });
  return rows;
}

// Named as text, so that it is read as points.
std::string points_file(std::size_t n, std::size_t different) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += std::to_string(i * i % different) + "," + std::to_string(i % 3) + ".5\n";
  auto const path = fresh_path(".csv");
  if (rank() == 0) std::ofstream(path) << text;
  meet();
  return path;
}

}  // namespace

TEST_CASE("the centres are those of a plain program, whatever ranks and threads") {
  auto const path = points_file(500, 97);
  for (auto const& shape : dataset_shapes())
    for (std::uint64_t const seed : {1, 2}) {
      auto const right = plain_choice(path, shape.partitions, 9, seed);

      CHECK(chosen(path, shape, 9, std::to_string(seed)) == right);
      std::map<std::vector<double>, int> different;
      for (auto const& row : right) ++different[row];
      CHECK(different.size() == 9);
    }
}

TEST_CASE("more centres than there are different points repeat the first point") {
  auto const path = points_file(3, 1);  // (0, 0.5), (0, 1.5), (0, 2.5)
  auto const rows = chosen(path, {7, 1}, 3, "1");
  CHECK(rows.size() == 3);
  auto const same = fresh_path(".csv");
  if (rank() == 0) std::ofstream(same) << "4,5\n4,5\n4,5\n";
  meet();
  CHECK(chosen(same, {7, 2}, 3, "1") == Rows(3, {4, 5}));
}

TEST_CASE("more centres than points are refused") {
  auto const path = points_file(3, 2);
  CHECK_THROWS_AS((void)chosen(path, {7, 1}, 4, "1"), pel::BadData);
}
