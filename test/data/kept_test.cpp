// What datasets keep: counted, and on disk where that is too much.
#include "data/kept.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "comm/communicator.hpp"
#include "pel/dataset.hpp"
#include "pel/points.hpp"
#include "run_datasets.hpp"

using namespace pel::test;
using pel::Job;

namespace {

constexpr std::uint64_t point_count = 20'000;

// Of 3 numbers.
std::string points_file() {
  std::string text;
  for (std::uint64_t i = 0; i < point_count; ++i) {
    for (std::uint64_t d = 0; d < 3; ++d)
      text += (d == 0 ? "" : ",") + std::to_string(static_cast<double>(pel::base::mix64(3 * i + d) % 1000) / 8);
    text += '\n';
  }
  auto const path = fresh_path(".csv");
  if (rank() == 0) std::ofstream(path, std::ios::binary) << text;
  meet();
  return path;
}

// Two passes over points that are kept, whose results depend on order and blocks, and rounds of k-means.
void cluster(Job& job, std::string const& path) {
  auto const points = pel::read_points(job, {path});
  auto centres = pel::spread_over(points, 4);
  auto const clusters = pel::clusters_of(points);
  for (int round = 0; round < 4; ++round) centres = clusters.sums(centres).means(centres);
  auto const sums = points.map_partitions<double>([](pel::Points block, auto emit) {
    double sum = static_cast<double>(block.size());
    for (auto const row : block) sum = sum * 0.7 + row[0] - row[2];
    emit(sum);
  });
  double all = 0;
  for (auto const sum : sums.collect()) all = all * 0.3 + sum;
  pel::write_once(job, job.output(), [&](auto& out) {
    append_csv(centres, out);
    out << all << '\n';
  });
}

void zip(Job& job, std::string const& path) {
  auto const sum =
      pel::read_lines(job, {path})
          .zip(
              pel::read_lines(job, {path}).map([](std::string_view line) { return std::string(line.substr(1)) + "+"; }),
              [](std::string_view left, std::string_view right) {
                return pel::base::mix64(pel::base::hash_text(left)) ^ pel::base::hash_text(right);
              })
          .all_reduce(std::uint64_t{0}, [](std::uint64_t a, std::uint64_t b) { return pel::base::mix64(a) + b; });
  pel::write_once(job, job.output(), [&](auto& out) { out << sum << '\n'; });
}

double told(std::string const& summary, std::string const& name) {
  auto const at = summary.find("\"" + name + "\": ");
  return at == std::string::npos ? -1 : std::strtod(summary.c_str() + at + name.size() + 4, nullptr);
}

std::uint64_t sum_over_ranks(std::uint64_t mine) {
  std::uint64_t sum = 0;
  for (auto const& text : pel::comm::Communicator::world().all_gather(std::to_string(mine))) sum += std::stoull(text);
  return sum;
}

}  // namespace

TEST_CASE("points that are kept go to disk where they are too many, to the same bits") {
  auto const path = points_file();
  for (auto const& shape : dataset_shapes()) {
    CAPTURE(shape.partitions);
    CAPTURE(shape.threads);
    auto const plain = run_datasets(shape.options(), [&](Job& job) { cluster(job, path); });
    auto const spilled =
        run_datasets(with(shape.options(), {"--memory", "128K"}), [&](Job& job) { cluster(job, path); });

    CHECK(spilled == plain);
    CHECK(told(plain.summary, "spilled_bytes") == 0);
    if (shape.partitions == 64) continue;  // too small to be worth a place on disk
    CHECK(told(spilled.summary, "spilled_bytes") > point_count * 3 * sizeof(double) / 4);
  }
}

TEST_CASE("what is known of points from round to round is counted as long as it is there") {
  auto const path = points_file();
  (void)run_datasets({"--partitions", "7", "--threads", "2", "--memory", "1G"}, [&](Job& job) {
    auto const points = pel::read_points(job, {path});
    auto const centres = pel::spread_over(points, 4);
    auto const& memory = *flow_of(job)->memory();
    auto const before = memory.kept();
    {
      auto const clusters = pel::clusters_of(points);
      for (int round = 0; round < 2; ++round) {
        (void)clusters.sums(centres);
        CHECK(sum_over_ranks(memory.kept() - before) == 12 * point_count);
      }
    }
    CHECK(memory.kept() == before);
  });
}

TEST_CASE("zip keeps its right side within the budget") {
  std::string text;
  for (std::uint64_t i = 0; i < 40'000; ++i) text += std::to_string(pel::base::mix64(i) % 99'991) + "-\n";
  auto const path = text_file(text);
  for (std::string const threads : {"1", "2"}) {
    Words const options{"--partitions", "3", "--threads", threads};
    auto const plain = run_datasets(options, [&](Job& job) { zip(job, path); });
    auto const spilled = run_datasets(with(options, {"--memory", "128K"}), [&](Job& job) { zip(job, path); });
    CHECK(spilled == plain);
    CHECK(told(plain.summary, "spilled_bytes") == 0);
    CHECK(told(spilled.summary, "spilled_bytes") > 100'000);
  }
}
