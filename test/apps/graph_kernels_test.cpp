// All graphs of PEL_DATA through all graph apps in one launch, each answer held against the golden of the set. The
// script graph_kernels.py launches it on several ranks and threads and sees that the digests are equal. It is told by
//   PEL_GRAPH_THREADS     threads a rank (default 1)
//   PEL_GRAPH_DIGESTS     a file, for a line "graph app digest" each
//   PEL_GRAPH_OUTPUTS     a folder, for results that have no golden here
//   PEL_GRAPH_REFERENCES  set: where there is no golden, the reference is computed
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
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

}  // namespace

TEST_CASE("the answers of all apps on all graphs are those of the goldens") {
  auto const data = data_folder();
  if (!data) return skip("there are no graphs; PEL_DATA names the folder of the data sets");
  auto const threads = told("PEL_GRAPH_THREADS");
  auto const path = told("PEL_GRAPH_DIGESTS");
  std::ofstream digests;
  if (rank() == 0 && !path.empty()) digests.open(path);

  for (auto const& graph : graph_cases(*data, scratch(), rank() == 0))
    for (auto const& app : graph_apps()) {
      if (!graph.only.empty() && graph.only != app.name) continue;
      auto words = with(words_for(graph, app), {"--threads", threads.empty() ? "1" : threads});
      auto const end = run_app(app, with(with(words, verification(graph, app)), output(graph, app)));
      CAPTURE(graph.name);
      CAPTURE(app.name);
      CHECK(end.code == 0);
      if (digests) digests << graph.name << ' ' << app.name << ' ' << end.digest << '\n';
    }
}
