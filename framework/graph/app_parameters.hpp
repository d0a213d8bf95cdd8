// The parameters that graph apps share: where a traversal begins, how many rounds, how damped.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/edge_input.hpp"
#include "graph/verification.hpp"

namespace pel::engine {
class JobCore;
}

namespace pel::graph {

// Which of them an app takes, and what their defaults are. What LDBC's .properties beside the graph say comes before
// these defaults, what the command line says before both.
struct AppWishes {
  std::string ldbc{};                         // the app's name there: "bfs", "pr"; empty: they are not asked
  bool source = false;                        // --source ID: one vertex
  bool sources = false;                       // --source ID: one or more
  std::optional<std::uint32_t> iterations{};  // --iterations N
  std::optional<double> damping{};            // --damping D
};

// What the parameters are looked up in, on each rank.
struct LocalVertices {
  std::string source;       // of the graph, as RankGraph has it
  KernelDefaults defaults;  // what it says
  Names names;
  std::function<bool(std::uint64_t)> has;  // whether the vertex is one of this rank's
  // Of this rank's vertices the one of highest out-degree, the smallest id of equals, and this degree.
  std::function<std::optional<std::pair<std::uint64_t, std::uint64_t>>()> hub;
};

class AppParameters {
 public:
  // Declares and reads the options. Throws: UsageError.
  AppParameters(engine::JobCore& job, AppWishes wishes);

  // Gives each its value, which becomes part of who the job is. A source that nobody named is the vertex of highest
  // out-degree, the smallest id of equals. Collective: all ranks, once, after the graph is loaded. Throws: ConfigError
  // for a source that is no vertex, and where the graph has none. Cost: l = 1 to 3 collectives.
  void settle(engine::JobCore& job, LocalVertices const& vertices);

  [[nodiscard]] std::vector<std::uint64_t> const& sources() const noexcept { return sources_; }
  [[nodiscard]] std::uint32_t iterations() const noexcept { return iterations_; }
  [[nodiscard]] double damping() const noexcept { return damping_; }

 private:
  void take_iterations(engine::JobCore& job);
  void take_damping(engine::JobCore& job);
  void settle_numbers(engine::JobCore& job, KernelDefaults const& defaults);
  void settle_sources(engine::JobCore& job, LocalVertices const& vertices);
  [[nodiscard]] std::vector<std::string> sources_asked_for(KernelDefaults const& defaults) const;

  AppWishes wishes_;
  std::vector<std::string> asked_sources_;
  bool asked_iterations_ = false, asked_damping_ = false;
  std::vector<std::uint64_t> sources_;
  std::uint32_t iterations_ = 0;
  double damping_ = 0;
};

}  // namespace pel::graph
