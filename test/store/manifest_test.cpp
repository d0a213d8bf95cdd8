#include "store/manifest.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>

#include "base/digest.hpp"
#include "pel/error.hpp"

using pel::partition_id;
using pel::store::Damaged;
using pel::store::Manifest;

namespace {

Manifest two_parts() {
  return {{{"app", "sample"}, {"parameters", "{\"tolerance\": \"1e-9\", \"name\": \"Grüße\"}"}, {"app", "twice"}},
          3,
          4,
          "sample",
          {{"part-00000.h5", 4096, "00ff", {partition_id(2), partition_id(0)}},
           {"part-00001.h5", 1ULL << 40U, "aa", {partition_id(1), partition_id(3)}}}};
}

// The text with a digest that fits, as somebody would make it who knows the format.
std::string signed_text(std::string const& body) {
  return body + pel::base::to_hex(pel::base::digest_of(std::as_bytes(std::span(body)))) + "\n";
}

std::string edited(std::string const& from, std::string const& to) {
  auto text = pel::store::to_text(two_parts());
  text.resize(text.size() - 33);
  auto const at = text.find(from);
  REQUIRE(at != std::string::npos);
  return signed_text(text.replace(at, from.size(), to));
}

}  // namespace

TEST_CASE("a manifest reads back as it was written") {
  auto const manifest = two_parts();

  auto const read = pel::store::parse_manifest("m", pel::store::to_text(manifest));

  CHECK(read.identity == manifest.identity);
  CHECK(read.superstep == 3);
  CHECK(read.partitions == 4);
  CHECK(read.app == "sample");
  REQUIRE(read.parts.size() == 2);
  CHECK(read.parts[1].file == "part-00001.h5");
  CHECK(read.parts[1].bytes == 1ULL << 40U);
  CHECK(read.parts[0].digest == "00ff");
  CHECK(read.parts[0].partitions == manifest.parts[0].partitions);
}

TEST_CASE("a manifest with a good digest and a wrong content is refused") {
  for (auto const& text :
       {signed_text(""), signed_text("[]"), signed_text("{\"format\""),
        edited("\"format_version\": 1", "\"format_version\": 2"), edited("pel-checkpoint", "pel-something"),
        edited("\"partitions\": 4", "\"partitions\": 5"), edited("part-00001.h5", "../../../passwd"),
        edited("\"bytes\": 4096", "\"bytes\": \"many\""), edited("\"superstep\": 3,", "")}) {
    CAPTURE(text);
    CHECK_THROWS_AS(static_cast<void>(pel::store::parse_manifest("m", text)), Damaged);
  }
}

TEST_CASE("a partition in two parts is refused") {
  auto manifest = two_parts();
  manifest.parts[1].partitions = {partition_id(1), partition_id(2)};

  CHECK_THROWS_AS(static_cast<void>(pel::store::parse_manifest("m", pel::store::to_text(manifest))), Damaged);
}

TEST_CASE("a text that is not UTF-8 cannot be in a manifest") {
  auto manifest = two_parts();
  manifest.app = "\xff";

  CHECK_THROWS_AS(static_cast<void>(pel::store::to_text(manifest)), pel::InternalError);
}
