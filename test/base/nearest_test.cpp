#include "base/nearest.hpp"

#include <doctest/doctest.h>

using pel::base::nearest;

TEST_CASE("the nearest name is the one with the fewest edits") {
  CHECK(nearest("dampng", {"graph", "damping"}) == "damping");
  CHECK(nearest("dmaping", {"damping"}) == "damping");
  CHECK(nearest("xdamping", {"damping"}) == "damping");
  CHECK(nearest("out", {"output", "input", "oat"}) == "oat");
  CHECK(nearest("damping", {"dampings", "damping"}) == "damping");
}

TEST_CASE("of equally near names the first wins") {
  CHECK(nearest("cat", {"bat", "hat"}) == "bat");
  CHECK(nearest("cat", {"hat", "bat"}) == "hat");
}

TEST_CASE("what is more than two edits away was not meant") {
  CHECK(nearest("abcd", {"abxy"}) == "abxy");
  CHECK(nearest("abcde", {"abxyz"}) == "");
  CHECK(nearest("word", {}) == "");
  CHECK(nearest("", {"ab"}) == "ab");
  CHECK(nearest("", {"abc"}) == "");
}
