// Messages that are kept apart, against a job played through in one loop.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "message_kinds.hpp"
#include "message_play.hpp"

using namespace pel::test::kinds;
using pel::test::check_messages;
using pel::test::check_run;

TEST_CASE("messages with dense keys arrive by key, source partition and order of sending") {
  check_messages<DenseKeys<std::int64_t, pel::NoCombiner>>(1);
}
TEST_CASE("messages with keys of all 63 bits arrive by key, source partition and order of sending") {
  check_messages<SparseKeys<std::string, pel::NoCombiner>>(10);
}
TEST_CASE("messages with texts as keys arrive by key, source partition and order of sending") {
  check_messages<TextKeys<double, pel::NoCombiner>>(20);
}
TEST_CASE("messages with structs as keys arrive by key, source partition and order of sending") {
  check_messages<StructKeys<std::string, pel::NoCombiner>>(30);
}
TEST_CASE("messages of many pages arrive whole") {
  check_run<DenseKeys<Page, pel::NoCombiner>>({.seed = 190, .supersteps = 3, .most = 3000, .keys = 1000}, {8, 2});
}
