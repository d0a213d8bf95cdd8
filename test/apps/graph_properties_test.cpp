// All graph apps on random small graphs, against the references.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "../graph/small_graph.hpp"
#include "comm/communicator.hpp"
#include "graph_apps.hpp"

using namespace pel::test;

TEST_CASE("every app gives what its reference gives, on any small graph") {
  seed_properties(std::getenv("PEL_TEST_SMALL") == nullptr ? 30 : 5);
  auto const ranks_meet = [communicator = pel::comm::Communicator::world()] { (void)communicator.all_gather(""); };
  auto const stem = (scratch() / "small").string();

  CHECK(rc::check("app equals reference", [&] {
    auto const graph = *small_graphs();
    auto const partitions = *rc::gen::element<std::string>("5", "8", "64");
    auto const threads = *rc::gen::element<std::string>("1", "2");
    // Without a list of them vertices are those that have an edge; a graph without any has no source.
    auto const listed = graph.edges.empty() || *rc::gen::arbitrary<bool>();
    if (rank() == 0) {
      write(graph, stem);
      if (!listed) std::filesystem::remove(stem + ".v");
    }
    ranks_meet();
    for (auto const& app : graph_apps()) {
      auto const end = run_app(app, {"--graph", stem, "--checkpoint-every", "off", "--verify", "--tolerance", "1e-9",
                                     "--partitions", partitions, "--threads", threads});
      RC_LOG(app.name);
      RC_ASSERT(end.code == 0);
    }
    if (!graph.edges.empty()) {
      auto const& first = graph.edges.front();
      auto const& last = graph.edges.back();
      auto const several =
          run_app({.name = "bc", .body = bc}, {"--graph", stem, "--checkpoint-every", "off", "--verify", "--tolerance",
                                               "1e-9", "--partitions", partitions, "--threads", threads, "--source",
                                               std::to_string(first.source), "--source", std::to_string(last.target)});
      RC_ASSERT(several.code == 0);
    }
    ranks_meet();  // the next graph has the same name
  }));
}
