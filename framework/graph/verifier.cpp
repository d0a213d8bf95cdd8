#include "graph/verifier.hpp"

#include <fmt/core.h>

#include <memory>
#include <utility>

#include "base/option_table.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "graph/graph_cache.hpp"
#include "pel/error.hpp"

namespace pel::graph {
namespace {

data::TextInput result_text(std::string text) {
  auto const size = text.size();
  return data::TextInput({{"the result", size, std::make_shared<std::string const>(std::move(text))}});
}

// Nothing if all is well, else how many differ and the worst.
std::string words_of(Comparison const& comparison, std::string const& against) {
  if (comparison.same()) return "";
  return fmt::format("{} of {} vertices differ from {}; the worst is {}", comparison.differing, comparison.vertices,
                     against, comparison.worst);
}

}  // namespace

Verifier::Verifier(engine::JobCore& job) {
  auto const verify = job.take({.name = "verify",
                                .value = "GOLDEN",
                                .help = "compare the result with that file of lines \"vertex value\", or else with a "
                                        "plain computation on one thread; exit 1 if it differs",
                                .value_optional = true},
                               false);
  if (!verify.empty()) golden_ = verify.back();
  auto const tolerance = job.take(
      {.name = "tolerance", .value = "X", .fallback = "1e-4", .help = "relative, of --verify where values are real"},
      false);
  tolerance_ = base::to_number("tolerance", tolerance.empty() ? "1e-4" : tolerance.back());
  if (!(tolerance_ >= 0)) throw UsageError("--tolerance", "expected a number that is not negative");
}

std::function<std::string(std::string)> Verifier::check(engine::JobCore& job, GraphIdentity const& graph,
                                                        Expected const& expected) const {
  if (!golden_) return {};
  auto& world = job.world();
  auto answer = std::make_shared<Answer>();
  world.together(engine::Site::load, "golden", [&] {
    if (golden_->empty() && is_graph_cache(graph.source))
      throw UsageError("--verify", graph.source +
                                       " has no input to compute a reference from: name a file, "
                                       "--verify=GOLDEN");
    if (world.rank() == 0 && !golden_->empty())
      *answer = read_answer(data::TextInput::open({*golden_}), expected.rule, graph.names);
  });
  auto const& log = world.log();
  return [answer, graph, expected, &log, tolerance = tolerance_, golden = *golden_](std::string text) {
    auto const found = read_answer(result_text(std::move(text)), expected.rule, graph.names);
    if (golden.empty()) {
      auto const plain = read_plain_graph(graph, expected.weights);
      *answer = {plain.ids(), expected.reference(plain)};
    }
    auto const against = golden.empty() ? "the reference" : golden;
    auto const comparison = compare(*answer, found, expected.rule, tolerance, graph.names);
    if (comparison.same()) log.info(fmt::format("verified: {} vertices agree with {}", comparison.vertices, against));
    return words_of(comparison, against);
  };
}

}  // namespace pel::graph
