// Lloyd's k-means: rounds of "assign each point to its nearest centre, make each centre the mean of its points".
#include <pel/iterate.hpp>
#include <pel/points.hpp>
#include <pel/verify.hpp>

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Groups points around k centres. Writes the centres, a line each, and the number of each point's.");
    auto const k = job.option("k", std::uint64_t{8}, "how many clusters, where --init names no file");
    auto const init =
        job.option("init", "spread", "the first centres: a file, k-means++, or spread: every N/k-th point");
    auto const rounds = job.option("iterations", std::uint64_t{20}, "rounds at most");
    auto const tolerance = job.option("tolerance", 0.0, "ends when no coordinate of a centre moves further");
    auto const width = job.option("dimensions", std::uint64_t{0}, "numbers a point, where files are binary");
    auto const labels = job.output_file("labels", "the number of each point's cluster, a line each");
    auto const verifier = pel::verify_numbers(job);
    auto const input =
        job.inputs("input", "the points: .csv, .txt, rows of doubles, or points:n=2M,d=16", "points:n=100K,d=16,k=8");
    auto const& output = job.text_output();
    if (k == 0) throw pel::UsageError("--k", "no cluster is asked for");
    auto const points = pel::read_points(job, input, width);
    auto const start = init == "spread"      ? pel::spread_over(points, k)
                       : init == "k-means++" ? pel::plus_plus(job, points, k)
                                             : pel::centroids_of(pel::read_points(job, {init}, width));

    auto const clusters = pel::clusters_of(points);
    auto const means =
        pel::iterate(job, "means", start, static_cast<std::int64_t>(rounds), [&](pel::Centroids const& before) {
          auto const after = clusters.sums(before).means(before);
          return pel::Round{after, furthest_move(before, after) > tolerance ? pel::Vote::go_on : pel::Vote::halt};
        });

    auto const sums = clusters.sums(means);
    pel::write_once(job, output, [&](auto& out) { append_csv(means, out); });
    if (!labels.empty())
      points.map_partitions<std::uint32_t>(pel::labels_of(means)).write_lines({labels}, [](auto label, auto& out) {
        out << label << '\n';
      });
    job.say(pel::text_of("inertia ", sums.inertia()));
    verifier.check(pel::reference::lloyd({input, width}, start, rounds, tolerance));
  });
}
