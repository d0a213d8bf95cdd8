// Rows of neighbours that arrive in many rounds, each of which holds a few of them.
#include <doctest/doctest.h>

#include "graph_apps.hpp"

using namespace pel::test;

namespace {

void lcc_in_small_rounds(pel::Job& job) {
  auto const graph = pel::Graph::load(job, lcc_needs);
  auto const hubs = std::make_shared<HubRows>();
  job.run([&](pel::Partition p) { return Lcc(graph.part(p), hubs, 1024); });
}

void triangles_in_small_rounds(pel::Job& job) {
  auto const graph = pel::Graph::load(job, triangle_needs);
  auto const hubs = std::make_shared<HubRows>();
  job.run([&](pel::Partition p) { return Triangles(graph.part(p), hubs, 1024); });
}

void rounds_change_nothing(void (*usual)(pel::Job&), void (*small)(pel::Job&), std::string const& direction) {
  Words const words{"--graph", "rmat:scale=9,seed=3", direction, "--checkpoint-every", "off", "--threads", "2"};

  auto const expected = run_app({.name = "usual", .body = usual}, words);
  auto const found = run_app({.name = "small", .body = small}, words);

  CHECK(expected.code == 0);
  CHECK(found.code == 0);
  CHECK(expected.digest.size() == 32);
  CHECK(found.digest == expected.digest);
}

}  // namespace

TEST_CASE("triangles are the same in many small rounds") {
  for (auto const* const direction : {"--directed", "--undirected"}) {
    CAPTURE(direction);
    rounds_change_nothing(lcc, lcc_in_small_rounds, direction);
    rounds_change_nothing(triangles, triangles_in_small_rounds, direction);
  }
}
