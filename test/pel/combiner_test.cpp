// Messages that are combined, against a job played through in one loop.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "message_kinds.hpp"
#include "message_play.hpp"

using namespace pel::test::kinds;
using pel::test::check_messages;
using pel::test::check_run;

TEST_CASE("sums of doubles have the bits of a fold by source partition and order of sending") {
  check_messages<DenseKeys<double, std::plus<>>>(40);
  check_messages<SparseKeys<double, std::plus<>>>(50);
  check_messages<TextKeys<double, std::plus<>>>(60);
  check_messages<StructKeys<double, std::plus<>>>(70);
}
TEST_CASE("a combiner that is neither commutative nor associative nests as a fold does") {
  check_messages<DenseKeys<std::string, Nest>>(80);
  check_messages<SparseKeys<std::string, Nest>>(90);
  check_messages<TextKeys<std::string, Nest>>(100);
  check_messages<StructKeys<std::string, Nest>>(110);
}
TEST_CASE("keys of narrow, unsigned and enumeration types are combined") {
  check_messages<ByteKeys<double, std::plus<>>>(120);
  check_messages<UnsignedKeys<double, std::plus<>>>(130);
  check_messages<ColourKeys<double, std::plus<>>>(140);
}
TEST_CASE("keys at the ends of their type are combined") {
  check_messages<EndKeys<double, std::plus<>>>(200);
  check_messages<EndKeys<Interval, Hull>>(210);
  check_messages<LastKeys<double, std::plus<>>>(220);
}
TEST_CASE("what one partition or superstep sent does not change how another's messages fold") {
  // Few messages after many, dense ones after sparse ones, in the same worker's memory.
  for (std::uint64_t const keys : {30U, 3000U, 1'000'000U}) {
    check_run<DenseKeys<double, std::plus<>>>({.seed = 230, .supersteps = 9, .most = 300, .keys = keys}, {8, 2});
    check_run<DenseKeys<std::string, Nest>>({.seed = 240, .supersteps = 5, .most = 300, .keys = keys}, {8, 2});
    check_run<TextKeys<double, std::plus<>>>({.seed = 250, .supersteps = 5, .most = 300, .keys = keys}, {8, 2});
  }
}
TEST_CASE("values may be truths, packed structs and vectors") {
  check_messages<DenseKeys<bool, Differ>>(150);
  check_messages<SparseKeys<Interval, Hull>>(160);
  check_messages<TextKeys<std::vector<int>, Join>>(170);
  check_messages<DenseKeys<Interval, pel::NoCombiner>>(180);
}
