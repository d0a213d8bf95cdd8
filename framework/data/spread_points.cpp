#include "data/spread_points.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/aggregate.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

// How many points each partition has, by partition.
struct PartitionSizes {
  std::vector<std::uint64_t> values;
  PartitionSizes& operator+=(PartitionSizes const& other) {
    values.insert(values.end(), other.values.begin(), other.values.end());
    return *this;
  }
  void serialize(auto& archive, unsigned) { archive.put_or_take(values); }
};
struct PickedPoints {
  std::vector<double> values;
  std::uint64_t width = 0;
  void add(std::span<double const> row) {
    values.insert(values.end(), row.begin(), row.end());
    width = row.size();
  }
  PickedPoints& operator+=(PickedPoints const& other) {
    values.insert(values.end(), other.values.begin(), other.values.end());
    width = std::max(width, other.width);
    return *this;
  }
  void serialize(auto& archive, unsigned) {
    archive.put_or_take(values);
    archive.put_or_take(width);
  }
};

void need(std::uint64_t total, std::size_t n) {
  if (total < n || n == 0)
    throw BadData("the input", 0, 0, -1,
                  std::to_string(total) + " points for the " + std::to_string(n) + " clusters asked for");
}

Centroids looked_up(Flow& flow, Lookup<Point> const& points, std::size_t n) {
  PickedPoints picked;
  flow.job().world().together(engine::Site::load, "pick", [&] {
    need(points.total(), n);
    for (std::size_t k = 0; k < n; ++k)
      points.show(points.total() / n * k, [&](std::span<double const> row) { picked.add(row); });
  });
  return Centroids(std::move(picked.values), picked.width);
}

// Where each partition's points begin among all, and how many there are.
std::vector<std::uint64_t> firsts(Tap<Point>& source) {
  source.prepare(true);
  auto const sizes =
      fold_partitions<PartitionSizes>(*source.flow(), "size", source.passing(), [&](Step& step, PartitionSizes& mine) {
        mine.values.assign(1, 0);
        source.run_blocks(step, [&](Points block) { mine.values[0] += block.size(); });
      });
  std::vector<std::uint64_t> first(1, 0);
  for (auto const size : sizes.values) first.push_back(first.back() + size);
  return first;
}

}  // namespace

Centroids spread_over(Tap<Point> source, std::size_t n) {
  if (auto const* const lookup = source.lookup()) return looked_up(*source.flow(), *lookup, n);
  auto const first = firsts(source);
  need(first.back(), n);
  auto const stride = first.back() / n;
  source.prepare();
  auto const pick = [&](Step& step, PickedPoints& mine) {
    auto at = first[step.partition().index()];
    source.run_blocks(step, [&](Points block) {
      auto const last = at + block.size();
      for (auto wanted = (at + stride - 1) / stride; wanted < n && wanted * stride < last; ++wanted)
        mine.add(block[wanted * stride - at]);
      at = last;
    });
  };
  auto picked = fold_partitions<PickedPoints>(*source.flow(), "pick", source.passing(), pick);
  return Centroids(std::move(picked.values), picked.width);
}

Centroids gather_points(Tap<Point> source) {
  source.prepare();
  auto all = fold_partitions<PickedPoints>(
      *source.flow(), "collect", source.passing(),
      [&](Step& step, PickedPoints& mine) { source.run(step, [&](std::span<double const> row) { mine.add(row); }); });
  return Centroids(std::move(all.values), all.width);
}

}  // namespace pel::data
