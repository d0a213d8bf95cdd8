#include "base/digest.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <utility>

using pel::base::checksum_of;
using pel::base::digest_of;
using pel::base::DigestStream;
using pel::base::to_hex;

namespace {

std::span<std::byte const> bytes(std::string const& text) { return std::as_bytes(std::span(text)); }

std::string all_bytes() {
  std::string text;
  for (int i = 0; i < 512; ++i) text += static_cast<char>(i % 256);
  return text;
}

}  // namespace

TEST_CASE("the digest is XXH3-128 in canonical order and never changes") {
  CHECK(to_hex(digest_of(bytes(""))) == "99aa06d3014798d86001c324468d497f");
  CHECK(to_hex(digest_of(bytes("word"))) == "7d8e573b9912cf533cb5f2048b6ef655");
  CHECK(to_hex(digest_of(bytes(all_bytes()))) == "111d5771df64cbcb1059105ad19bfa09");
}

TEST_CASE("the checksum is XXH3-64 and never changes") {
  CHECK(checksum_of(bytes("")) == 0x2d06800538d394c2ULL);
  CHECK(checksum_of(bytes("word")) == 0xe3ce369cf66c5c55ULL);
  CHECK(checksum_of(bytes(all_bytes())) == 0x1059105ad19bfa09ULL);
}

TEST_CASE("the digest of a stream is that of its pieces in a row") {
  std::string whole;
  for (int i = 0; i < 5000; ++i) whole += std::to_string(i * i);
  for (std::size_t const piece : {1UL, 7UL, 256UL, 1000UL, whole.size()}) {
    DigestStream stream;
    for (std::size_t at = 0; at < whole.size(); at += piece) stream.add(bytes(whole.substr(at, piece)));
    CAPTURE(piece);
    CHECK(stream.finish() == digest_of(bytes(whole)));
  }
}

TEST_CASE("a stream may be asked in between, moved and left empty") {
  DigestStream stream;
  CHECK(stream.finish() == digest_of({}));
  stream.add(bytes("wo"));
  CHECK(stream.finish() == digest_of(bytes("wo")));
  auto moved = std::move(stream);

  moved.add({}).add(bytes("rd"));

  CHECK(moved.finish() == digest_of(bytes("word")));
}

TEST_CASE("texts that only join to the same text have different digests") {
  auto const joined = [](std::string const& a, std::string const& b) {
    return DigestStream().add_text(a).add_text(b).finish();
  };

  CHECK(joined("ab", "c") != joined("a", "bc"));
  CHECK(joined("ab", "") != joined("", "ab"));
  CHECK(joined("ab", "c") == joined("ab", "c"));
}
