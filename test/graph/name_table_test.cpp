#include "graph/name_table.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "base/hash.hpp"

using pel::graph::NameTable;

TEST_CASE("names are numbered by their bytes, whoever came first") {
  NameTable table;
  for (auto const* const name : {"b", "\xC3\xA9", "a", "B", "10", "9", "a", "b"}) table.add(name);
  table.sort();
  CHECK(table.names() == std::vector<std::string>{"10", "9", "B", "a", "b", "\xC3\xA9"});
  CHECK(table.find("B") == 2);
  CHECK_FALSE(table.find("c").has_value());
  CHECK_FALSE(NameTable().find("a").has_value());
}

TEST_CASE("many names are found again") {
  NameTable table;
  std::set<std::string> expected;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    auto const name = std::to_string(pel::base::mix64(i) % 10'000);
    table.add(name);
    expected.insert(name);
  }
  table.sort();
  CHECK(table.size() == expected.size());
  std::uint64_t number = 0;
  bool all = true;
  for (auto const& name : expected) all = all && table.find(name) == number++;
  CHECK(all);
}
