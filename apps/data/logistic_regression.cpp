// Logistic regression with an L2 penalty, by Newton's method or gradient descent over all points.
#include <pel/logistic_regression.hpp>
#include <pel/verify.hpp>

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Fits weights and an intercept to points with a label, and writes them, a line each.");
    auto const method = job.choice("method", {"newton", "gradient"}, "how the weights are improved");
    auto const rounds = job.option("iterations", std::uint64_t{100}, "steps at most");
    auto const rate = job.option("rate", 0.5, "how far gradient descent goes along the slope");
    auto const l2 = job.option("l2", 0.01, "how much weights are held down, the intercept is not");
    auto const tolerance = job.option("tolerance", 1e-9, "ends when no slope is steeper");
    auto const width = job.option("dimensions", std::uint64_t{0}, "numbers a point with its label, of binary files");
    auto const verifier = pel::verify_numbers(job);
    auto const input =
        job.inputs("input", "the points, the last number a label, 0 or 1: .csv, .txt, or rows of doubles",
                   "points:n=100K,d=16,labels=yes");
    auto const& output = job.text_output();
    if (!(l2 >= 0)) throw pel::UsageError("--l2", "a penalty is not negative");
    auto const newton = method == "newton";
    auto const needs = newton ? pel::LogisticSums::Needs::curvature : pel::LogisticSums::Needs::slope;
    auto const points = pel::read_points(job, input, width, pel::last_is_label, pel::Reread::mapped);

    auto const fit = pel::iterate(
        job, "fit", pel::LogisticFit(), static_cast<std::int64_t>(rounds), [&](pel::LogisticFit const& before) {
          auto const sums = points.aggregate<pel::LogisticSums>(pel::logistic_sums(before.weights(), needs));
          auto const after = newton ? before.newton(sums, l2) : before.descended(sums, l2, rate);
          return pel::Round{after, before.steepest(sums, l2) > tolerance ? pel::Vote::go_on : pel::Vote::halt};
        });

    auto const sums =
        points.aggregate<pel::LogisticSums>(pel::logistic_sums(fit.weights(), pel::LogisticSums::Needs::loss));
    pel::write_once(job, output, [&](auto& out) {
      for (auto const weight : fit.weights()) out << weight << '\n';
    });
    auto const share = static_cast<double>(sums.hits()) / static_cast<double>(sums.points());
    job.say(pel::text_of("loss ", fit.objective(sums, l2), ", accuracy ", share));
    verifier.check(pel::reference::logistic({input, width}, {newton, rounds, rate, l2, tolerance}));
  });
}
