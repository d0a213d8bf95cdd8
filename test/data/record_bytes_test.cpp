#include "data/record_bytes.hpp"

#include <doctest/doctest.h>

#include <string>

#include "held_texts.hpp"

using pel::data::expect_records;

namespace {

std::string said(std::string const& golden, std::string const& found, std::size_t bytes) {
  return expect_records(held::golden(golden), bytes)(held::out(found)).words("golden");
}

}  // namespace

TEST_CASE("records agree byte for byte, however files cut them") {
  pel::data::TextInput const parts({held::source("a", "aabb"), held::source("b", ""), held::source("c", "cc")});

  auto const compared = expect_records(held::golden("aabbcc"), 2)(parts);

  CHECK(compared.same());
  CHECK(compared.compared == 3);
  CHECK(said("", "", 2).empty());
}

TEST_CASE("what differs is told by number, from the first byte on that does") {
  CHECK(said("aabbcc", "aabxcc", 2) ==
        "1 of 3 records differ from golden; the first is record 2, from its byte 2 on: expected 62, found 78");
  CHECK(
      said("0123456789abcd", "0x23456789abcd", 14) ==
      "1 of 1 records differ from golden; the first is record 1, from its byte 2 on: expected 31 32 33 34 35 36 37 38 "
      "39 61 …, found 78 32 33 34 35 36 37 38 39 61 …");
  CHECK(said("\xff", std::string(1, '\0'), 1).ends_with("expected ff, found 00"));
}

TEST_CASE("records of one side only differ") {
  CHECK(said("aabb", "aa", 2) ==
        "1 of 2 records differ from golden; the first is record 2, from its byte 1 on: expected 62 62, found no such "
        "record");
  CHECK(said("aa", "aabb", 2).ends_with("expected no such record, found 62 62"));
}

TEST_CASE("a file that is no whole number of records is refused") {
  CHECK(held::refusal([] { return expect_records(held::golden("aab"), 2); }) ==
        "0:0: 3 bytes are no whole number of records of 2 bytes");
}
