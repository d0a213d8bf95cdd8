// Points: rows of numbers, their centres, and where they come from.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/centroids.hpp"
#include "data/cluster_memory.hpp"
#include "data/iterate.hpp"
#include "data/plus_plus.hpp"
#include "data/read_hdf5.hpp"
#include "data/read_points.hpp"
#include "data/spread_points.hpp"
#include "pel/dataset.hpp"

namespace pel {

using data::Reread;

// Points from files: .csv, .tsv and .txt (also .gz, .zst) are texts with a point a line, numbers separated by commas,
// as many as the first point has; names of columns may stand before it. FILE.h5:/DATASET (by default /points) is a
// dataset of doubles with two dimensions; FILE.h5/ is a directory of such files. `points:n=2M,d=16,k=32,seed=1` are
// made where they are asked for, with `labels=yes` for who learns them (data/generated_points.hpp). All else is binary,
// rows of `width` doubles, packed only where the name says so.
// `--max-bad N` leaves out up to N lines of texts that are no such points. `width` 0: not known. `check`: what else is
// wanted of each. `reread`: what a job does that goes over binary points again and again. Collective: all ranks.
// Throws: on all of them: MissingInput, BadData, UsageError for binary files without a width, or a generator of
// another one.
[[nodiscard]] inline Dataset<Point> read_points(Job& job, std::vector<std::string> const& names, std::size_t width = 0,
                                                data::PointCheck const& check = {}, Reread reread = Reread::files) {
  auto const flow = flow_of(job);
  std::shared_ptr<data::Node<Point>> node;
  if (std::any_of(names.begin(), names.end(), data::is_hdf5_input)) {
    auto rows = data::open_hdf5(job.core(), names, "/points");
    flow->open("points", [&] { node = data::read_hdf5_points(flow, std::move(rows), check); });
    return Dataset<Point>(std::move(node));
  }
  auto const input = data::open_text(job.core(), names, data::is_text_name);
  flow->open("points", [&] {
    if (data::are_texts(input))
      node = data::read_csv_points(flow, input, data::csv_width(input), check, job.core().max_bad());
    else
      node = data::read_binary_points(flow, input, width, check, reread);
  });
  return Dataset<Point>(std::move(node));
}

// Every N/n-th of the points, in order: n of them, on every rank. Collective: all ranks. Throws: BadData if there are
// fewer than n.
[[nodiscard]] inline Centroids spread_over(Dataset<Point> const& points, std::size_t n) {
  return data::spread_over(data::Tap<Point>(points.run()), n);
}

// n of the points by k-means++ (data/plus_plus.hpp says how), on every rank; part of every checkpoint under the name
// "k-means++", centre by centre. Collective: all ranks. Throws: BadData if there are fewer than n. Cost: 2 n
// supersteps.
[[nodiscard]] inline Centroids plus_plus(Job& job, Dataset<Point> const& points, std::size_t n) {
  data::PlusPlus chooser(data::Tap<Point>(points.run()), n, job.seed());
  return data::iterate(*flow_of(job), "k-means++", Centroids(), static_cast<std::int64_t>(n),
                       [&](Centroids const& so_far) { return chooser.next(so_far); });
}

// All points as centroids, in order, on every rank. Collective: all ranks.
[[nodiscard]] inline Centroids centroids_of(Dataset<Point> const& points) {
  return data::gather_points(data::Tap<Point>(points.run()));
}

// The clusters of points around centres that move a little from round to round: the sums of a search of all
// points, to the same bits, and several times as fast from the third round or so on.
// Example: auto const clusters = pel::clusters_of(points); …; auto const next = clusters.sums(means).means(means);
class Clusters {
 public:
  explicit Clusters(Dataset<Point> points) : points_(std::move(points)) {}
  // Collective: all ranks. Throws: on all of them: BadData for centroids of another width. Cost: w = one pass, and a
  // search for the nearest centre of each point that may have another one than before, h = one ClusterSums a partition,
  // l = 1 superstep.
  [[nodiscard]] ClusterSums sums(Centroids const& centroids) const {
    memory_->begin(centroids, points_.run().flow()->memory());
    return points_.aggregate<ClusterSums>(
        [memory = memory_](Points block, ClusterSums& sums, data::Place place) { memory->add(block, place, sums); });
  }

 private:
  Dataset<Point> points_;
  std::shared_ptr<data::ClusterMemory> memory_ = std::make_shared<data::ClusterMemory>();
};
[[nodiscard]] inline Clusters clusters_of(Dataset<Point> points) { return Clusters(std::move(points)); }

}  // namespace pel
