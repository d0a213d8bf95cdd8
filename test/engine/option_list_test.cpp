#include "engine/option_list.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using pel::base::OptionInfo;

TEST_CASE("options are listed with what a launcher needs to check a job file") {
  std::vector<OptionInfo> const options{
      {.name = "graph", .value = "GRAPH", .fallback = "debian:", .help = "what is ranked", .positional = true},
      {.name = "undirected", .help = "an edge is two arcs"},
      {.name = "threads", .value = "N", .fallback = "auto"}};

  auto const list = nlohmann::json::parse(pel::engine::option_list("pagerank", options, 2));

  CHECK(list.at("app") == "pagerank");
  REQUIRE(list.at("options").size() == 3);
  CHECK(list.at("options")[0].at("name") == "graph");
  CHECK(list.at("options")[0].at("positional") == true);
  CHECK(list.at("options")[0].at("fallback") == "debian:");
  CHECK(list.at("options")[1].at("value") == "");
  CHECK(list.at("options")[1].at("engine") == false);
  CHECK(list.at("options")[2].at("engine") == true);
}
