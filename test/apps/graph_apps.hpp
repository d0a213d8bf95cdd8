// The graph apps, and how a test runs one as its command line would, inside the test's process and on all its ranks.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "../../apps/graph/bc.hpp"
#include "../../apps/graph/bfs.hpp"
#include "../../apps/graph/cdlp.hpp"
#include "../../apps/graph/kcore.hpp"
#include "../../apps/graph/lcc.hpp"
#include "../../apps/graph/pagerank.hpp"
#include "../../apps/graph/sssp.hpp"
#include "../../apps/graph/triangles.hpp"
#include "../../apps/graph/wcc.hpp"
#include "../pel/run_kernel.hpp"

namespace pel::test {

// A line of the table: the app, the ending of its goldens' names (empty: there are none), the first word of its
// parameters in LDBC's properties, what it takes, and where it can be broken off.
struct GraphApp {
  std::string name{}, golden{}, ldbc{};
  bool takes_source = false, takes_iterations = false, takes_damping = false;
  void (*body)(Job&) = nullptr;
  int middle = 2;  // a superstep that there is on large graphs, and that is not the last
};

inline std::vector<GraphApp> const& graph_apps() {
  static std::vector<GraphApp> const all{
      {.name = "bfs", .golden = "BFS", .ldbc = "bfs", .takes_source = true, .body = bfs},
      {.name = "pagerank",
       .golden = "PR",
       .ldbc = "pr",
       .takes_iterations = true,
       .takes_damping = true,
       .body = pagerank},
      {.name = "wcc", .golden = "WCC", .ldbc = "wcc", .body = wcc, .middle = 6},
      {.name = "cdlp", .golden = "CDLP", .ldbc = "cdlp", .takes_iterations = true, .body = cdlp},
      {.name = "lcc", .golden = "LCC", .ldbc = "lcc", .body = lcc},
      {.name = "sssp", .golden = "SSSP", .ldbc = "sssp", .takes_source = true, .body = sssp},
      {.name = "triangles", .body = triangles},
      {.name = "kcore", .body = kcore},
      {.name = "bc", .ldbc = "bfs", .takes_source = true, .body = bc},
  };
  return all;
}

// What came of an app: its exit code, and the digest of its result.
struct AppEnd {
  int code = -1;
  std::string digest;
};

// Collective: all ranks, with the same words.
inline AppEnd run_app(GraphApp const& app, Words const& words) {
  CommandLine const line(with({"--quiet"}, words));
  AppEnd end;
  end.code = engine::run_main(line.argc(), line.argv(), [&](engine::JobCore& core) {
    Job job(core);
    app.body(job);
    end.digest = core.digest();
  });
  return end;
}

}  // namespace pel::test
