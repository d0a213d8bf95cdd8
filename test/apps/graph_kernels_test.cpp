// All graphs of PEL_DATA through all graph apps in one launch, each answer held against the golden of the set. The
// script graph_kernels.py launches it on several ranks and threads and sees that the digests are equal. It is told by
//   PEL_GRAPH_THREADS      threads a rank (default 1)
//   PEL_GRAPH_DIGESTS      a file, for a line "graph app digest" each
//   PEL_GRAPH_OUTPUTS      a folder, for results that have no golden here
//   PEL_GRAPH_REFERENCES   set: where there is no golden, the reference is computed
//   PEL_GRAPH_FEW          set: only LDBC's graphs, and one in six of the other small ones
//   PEL_GRAPH_STAGE        break: only large graphs, with a checkpoint in each superstep, and a failure in the middle;
//                          resume: the same graphs, from what is left of that. Else: all graphs, no checkpoints
//   PEL_GRAPH_CHECKPOINTS  a folder, for these checkpoints
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include "graph_cases.hpp"
#include "support/mpi_test.hpp"

namespace {

using namespace pel::test;

std::string told(char const* name) {
  char const* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What --verify is given, if anything.
Words verification(GraphCase const& graph, GraphApp const& app) {
  if (auto const golden = golden_of(graph, app)) return {"--verify=" + *golden};
  if (!told("PEL_GRAPH_REFERENCES").empty()) return {"--verify"};
  return {};
}

Words output(GraphCase const& graph, GraphApp const& app) {
  auto const folder = told("PEL_GRAPH_OUTPUTS");
  if (folder.empty() || !graph.keep) return {};
  return {"--output", folder + "/" + graph.name + "-" + app.name + ".txt"};
}

Words checkpoints(GraphCase const& graph, GraphApp const& app) {
  auto const stage = told("PEL_GRAPH_STAGE");
  if (stage.empty()) return {"--checkpoint-every", "off"};
  auto const folder = told("PEL_GRAPH_CHECKPOINTS") + "/" + graph.name + "-" + app.name;
  Words words{"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir", folder};
  if (stage == "resume") words.push_back("--resume");
  return words;
}

bool is_meant(GraphCase const& graph, GraphApp const& app) {
  if (!graph.only.empty() && graph.only != app.name) return false;
  if (told("PEL_GRAPH_STAGE").empty()) return true;
  auto const large = {"p2p-31-directed", "p2p-31-undirected", "wiki-vote", "web-indochina-2004"};
  return std::ranges::find(large, graph.name) != large.end();
}

}  // namespace

TEST_CASE("the answers of all apps on all graphs are those of the goldens") {
  auto const data = data_folder();
  if (!data) return skip("there are no graphs; PEL_DATA names the folder of the data sets");
  auto const threads = told("PEL_GRAPH_THREADS");
  auto const path = told("PEL_GRAPH_DIGESTS");
  bool const breaks = told("PEL_GRAPH_STAGE") == "break";
  std::ofstream digests;
  if (rank() == 0 && !path.empty()) digests.open(path);

  for (auto const& graph : graph_cases(*data, scratch(), rank() == 0))
    for (auto const& app : graph_apps()) {
      if (!is_meant(graph, app)) continue;
      std::optional<WithFault> fault;
      if (breaks) fault.emplace("point=superstep,partition=0,action=throw,superstep=" + std::to_string(app.middle));
      auto words = with(words_for(graph, app), {"--threads", threads.empty() ? "1" : threads});
      for (auto const& more : {verification(graph, app), output(graph, app), checkpoints(graph, app)})
        words = with(words, more);
      auto const end = run_app(app, words);
      CAPTURE(graph.name);
      CAPTURE(app.name);
      CHECK(end.code == (breaks ? 70 : 0));
      if (digests) digests << graph.name << ' ' << app.name << ' ' << end.digest << '\n';
    }
}
