#include "graph/app_parameters.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>

#include "base/option_table.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"

namespace pel::graph {
namespace {

std::uint32_t iterations_in(std::string const& text) {
  return static_cast<std::uint32_t>(base::to_integer("iterations", text, 0, std::numeric_limits<std::uint32_t>::max()));
}

double damping_in(std::string const& text) {
  auto const damping = base::to_number("damping", text);
  if (!(damping >= 0 && damping <= 1)) throw UsageError("--damping", "expected a number from 0 to 1");
  return damping;
}

// The vertex that is called so.
std::optional<std::uint64_t> vertex_called(std::string const& text, Names const& names) {
  if (names) {
    auto const at = std::ranges::lower_bound(*names, text);
    if (at == names->end() || *at != text) return std::nullopt;
    return static_cast<std::uint64_t>(at - names->begin());
  }
  std::uint64_t id = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

// Collective: all ranks. True, on all, where it is on one.
bool on_any(engine::World& world, bool mine) {
  auto const all = world.communicator().all_gather(mine ? "1" : "");
  return std::ranges::any_of(all, [](std::string const& one) { return !one.empty(); });
}

// Collective: all ranks.
std::optional<std::uint64_t> hub_of(engine::World& world, LocalVertices const& vertices) {
  std::string mine;
  if (auto const hub = vertices.hub()) mine = fmt::format("{} {}", hub->first, hub->second);
  std::optional<std::uint64_t> best;
  std::uint64_t most = 0;
  for (auto const& text : world.communicator().all_gather(mine)) {
    std::uint64_t id = 0, degree = 0;
    if (!(std::istringstream(text) >> id >> degree)) continue;
    if (best && (degree < most || (degree == most && id > *best))) continue;
    best = id;
    most = degree;
  }
  return best;
}

}  // namespace

AppParameters::AppParameters(engine::JobCore& job, AppWishes wishes) : wishes_(std::move(wishes)) {
  if (wishes_.source || wishes_.sources)
    asked_sources_ =
        job.take({.name = "source",
                  .value = "ID",
                  .help = std::string(wishes_.sources ? "vertices to begin at, each with a --source of its own"
                                                      : "the vertex to begin at") +
                          "; default: what the graph's .properties say, else the one of highest out-degree",
                  .may_repeat = wishes_.sources},
                 false);
  if (wishes_.iterations) take_iterations(job);
  if (wishes_.damping) take_damping(job);
}

void AppParameters::take_iterations(engine::JobCore& job) {
  auto const asked = job.take({.name = "iterations",
                               .value = "N",
                               .fallback = fmt::format("{}", *wishes_.iterations),
                               .help = "rounds; what the graph's .properties say comes before the default"},
                              false);
  asked_iterations_ = !asked.empty();
  iterations_ = asked_iterations_ ? iterations_in(asked.back()) : *wishes_.iterations;
}

void AppParameters::take_damping(engine::JobCore& job) {
  auto const asked =
      job.take({.name = "damping",
                .value = "X",
                .fallback = fmt::format("{}", *wishes_.damping),
                .help = "probability of following an arc, 0 to 1; what the graph's .properties say comes "
                        "before the default"},
               false);
  asked_damping_ = !asked.empty();
  damping_ = asked_damping_ ? damping_in(asked.back()) : *wishes_.damping;
}

void AppParameters::settle(engine::JobCore& job, LocalVertices const& vertices) {
  settle_numbers(job, vertices.defaults);
  settle_sources(job, vertices);
}

void AppParameters::settle_numbers(engine::JobCore& job, KernelDefaults const& defaults) {
  auto const rounds = wishes_.ldbc == "pr"     ? defaults.pagerank_iterations
                      : wishes_.ldbc == "cdlp" ? defaults.cdlp_iterations
                                               : std::nullopt;
  if (!asked_iterations_ && rounds) iterations_ = *rounds;
  if (!asked_damping_ && wishes_.ldbc == "pr" && defaults.damping) damping_ = *defaults.damping;
  if (wishes_.iterations) job.add_parameter("iterations", fmt::format("{}", iterations_));
  if (wishes_.damping) job.add_parameter("damping", fmt::format("{}", damping_));
}

std::vector<std::string> AppParameters::sources_asked_for(KernelDefaults const& defaults) const {
  if (!asked_sources_.empty()) return asked_sources_;
  auto const said = wishes_.ldbc == "bfs"    ? defaults.bfs_source
                    : wishes_.ldbc == "sssp" ? defaults.sssp_source
                                             : std::nullopt;
  return said ? std::vector{*said} : std::vector<std::string>{};
}

void AppParameters::settle_sources(engine::JobCore& job, LocalVertices const& vertices) {
  if (!wishes_.source && !wishes_.sources) return;
  auto& world = job.world();
  auto const asked = sources_asked_for(vertices.defaults);
  std::string known;
  for (auto const& text : asked) {
    auto const id = vertex_called(text, vertices.names);
    bool const there = on_any(world, id && vertices.has(*id));
    world.together(engine::Site::load, "source", [&] {
      if (!there)
        throw ConfigError("--source", "\"" + text + "\" is no vertex of " + vertices.source,
                          "name a vertex of the graph: an id as its input has it");
    });
    sources_.push_back(*id);
    known += (known.empty() ? "" : ",") + text;
  }
  if (asked.empty()) {
    auto const hub = hub_of(world, vertices);
    world.together(engine::Site::load, "source", [&] {
      if (!hub) throw ConfigError("--source", vertices.source + " has no vertex to begin at", "name another graph");
    });
    sources_.push_back(*hub);
    known = std::to_string(*hub);
  }
  job.add_parameter("source", known);
}

}  // namespace pel::graph
