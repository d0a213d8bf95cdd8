#include "data/packing.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "data/text_input.hpp"
#include "temporary_directory.hpp"

using pel::data::Packer;
using pel::data::Packing;

namespace {

// Of the text, given in pieces of so many bytes.
std::string packed(Packing packing, std::string_view text, std::size_t piece) {
  std::string all;
  auto const keep = [&](std::span<std::byte const> bytes) {
    CHECK(bytes.size() <= std::size_t{128} << 10U);
    all.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
  };
  Packer packer(packing);
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
    packer.add(std::as_bytes(std::span(text.substr(0, piece))), keep);
  packer.finish(keep);
  return all;
}

std::string noise(std::size_t lines) {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) text += std::to_string(pel::base::mix64(i)) + '\n';
  return text;
}

}  // namespace

TEST_CASE("the name says how a file is packed, and the other way round") {
  using pel::data::ending_of;
  using pel::data::packing_of;
  CHECK(packing_of("a.txt") == Packing::none);
  CHECK(packing_of("a.gz") == Packing::gzip);
  CHECK(packing_of("a.csv.zst") == Packing::zstd);
  CHECK(packing_of("a.gz/") == Packing::none);
  for (auto const packing : {Packing::none, Packing::gzip, Packing::zstd})
    CHECK(packing_of(std::string("x") + ending_of(packing)) == packing);
}

TEST_CASE("what is packed, in whatever pieces, has the same bytes and is read back") {
  pel::test::TemporaryDirectory const directory;
  for (auto const packing : {Packing::gzip, Packing::zstd})
    for (auto const& text : {std::string(), std::string("a"), std::string(500'000, 'x'), noise(60'000)}) {
      CAPTURE(text.size());
      auto const whole = packed(packing, text, std::size_t{1} << 30U);
      CHECK(packed(packing, text, 1000) == whole);
      CHECK(packed(packing, text, 131'072) == whole);

      auto const path = directory.write(std::string("file") + pel::data::ending_of(packing), whole + whole);
      auto const source = pel::data::open_text_file(path);
      REQUIRE(source.held);
      CHECK(*source.held == text + text);
    }
}
