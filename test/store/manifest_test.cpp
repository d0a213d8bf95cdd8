#include "store/manifest.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "pel/error.hpp"

using pel::partition_id;
using pel::store::Damaged;
using pel::store::Manifest;
using pel::store::PartSummary;

namespace {

PartSummary part(std::string const& file, std::uint64_t bytes, std::vector<pel::PartitionId> partitions) {
  PartSummary summary;
  summary.file = file;
  summary.bytes = bytes;
  summary.digest = "00ff";
  summary.partitions = std::move(partitions);
  summary.metadata_bytes = 65536;
  for (std::uint64_t i = 0; i < pel::store::tables; ++i) summary.table_places.at(i) = {70000 + i, 10 * i, i + 1};
  return summary;
}

Manifest two_parts() {
  Manifest manifest{
      {{"app", "sample"}, {"parameters", "{\"tolerance\": \"1e-9\", \"name\": \"Grüße\"}"}, {"app", "twice"}},
      3,
      4,
      "sample",
      {part("part-00000.h5", 4096, {partition_id(2), partition_id(0)}),
       part("part-00001.h5", 1ULL << 40U, {partition_id(1), partition_id(3)})}};
  manifest.parts[1].links = {{"part-00001-of-000000001.h5", 77}, {"part-00001-of-000000002.h5", 1ULL << 41U}};
  return manifest;
}

void check_same(PartSummary const& read, PartSummary const& written) {
  CHECK(read.file == written.file);
  CHECK(read.bytes == written.bytes);
  CHECK(read.digest == written.digest);
  CHECK(read.partitions == written.partitions);
  CHECK(read.metadata_bytes == written.metadata_bytes);
  for (std::size_t i = 0; i < pel::store::tables; ++i) {
    CHECK(read.table_places.at(i).offset == written.table_places.at(i).offset);
    CHECK(read.table_places.at(i).bytes == written.table_places.at(i).bytes);
    CHECK(read.table_places.at(i).row_bytes == written.table_places.at(i).row_bytes);
  }
  REQUIRE(read.links.size() == written.links.size());
  for (std::size_t i = 0; i < read.links.size(); ++i) {
    CHECK(read.links[i].file == written.links[i].file);
    CHECK(read.links[i].bytes == written.links[i].bytes);
  }
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
  for (std::size_t i = 0; i < 2; ++i) check_same(read.parts[i], manifest.parts[i]);
}

TEST_CASE("a part's own lines read back as they were written") {
  for (auto const& written : two_parts().parts)
    check_same(pel::store::part_from(pel::store::to_text(written)), written);
}

TEST_CASE("a manifest with a good digest and a wrong content is refused") {
  for (auto const& text :
       {signed_text(""), signed_text("[]"), signed_text("{\"format\""), edited("pel-checkpoint", "pel-something"),
        edited("\"partitions\": 4", "\"partitions\": 5"), edited("part-00001.h5", "../../../passwd"),
        edited("\"bytes\": 4096", "\"bytes\": \"many\""), edited("\"superstep\": 3,", ""),
        edited("\"tables\"", "\"tablets\""), edited("70004", "\"70004\""), edited("\"metadata_bytes\"", "\"metadata\""),
        edited("part-00001-of-000000001.h5", "../../../passwd"), edited("part-00001-of-000000001.h5", "")}) {
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

TEST_CASE("a manifest of another version is no damage, but another PEL's") {
  try {
    static_cast<void>(pel::store::parse_manifest("m", edited("\"format_version\": 2", "\"format_version\": 3")));
    FAIL("the version was not looked at");
  } catch (pel::ConfigError const& refused) {
    CHECK(refused.key == "m");
    CHECK(refused.problem.find("another version of PEL wrote this checkpoint") == 0);
    CHECK(refused.problem.find("version 3, this PEL's is 2") != std::string::npos);
  }
}
