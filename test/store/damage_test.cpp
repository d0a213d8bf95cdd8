// Files that are not what they should be: each is Damaged, never a crash, never other values.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <string>

#include "sample_checkpoint.hpp"
#include "store/checkpoint.hpp"
#include "store/part_file.hpp"

namespace fs = std::filesystem;
using pel::store::CheckpointDirectory;
using pel::store::Damaged;

namespace {

// A checkpoint of superstep 6 by two ranks, and the files in it.
struct Committed {
  pel::test::TemporaryDirectory scratch;
  CheckpointDirectory directory{scratch.path()};
  pel::store::Manifest manifest = pel::test::write_sample(directory, 6, 2);
  fs::path part = file("part-00001.h5");
  pel::store::PartIndex index = pel::store::PartReader(part.parent_path(), manifest.parts[1]).index();

  [[nodiscard]] fs::path file(std::string const& name) const { return scratch.path() / "epoch-000000006" / name; }
  [[nodiscard]] bool reads_back() const { return pel::test::reads_back(directory); }

  // Reads part 1 by the manifest in memory, so that read_manifest() cannot find the damage first.
  void read_part() const {
    auto const epoch = directory.epochs().at(0);
    for (auto const id : manifest.parts[1].partitions)
      static_cast<void>(pel::test::read_partition(epoch.directory, manifest.parts[1], id));
  }

  // Whether reading part 1 says Damaged; if it does not, every bit is right.
  [[nodiscard]] bool refused() const try {
    bool const equal = reads_back();  // outside of CHECK, which catches exceptions
    CHECK(equal);
    return false;
  } catch (Damaged const& damaged) {
    CHECK(damaged.path == part);
    CHECK_FALSE(damaged.reason.empty());
    return true;
  }

  // Whether the byte of part 1 is one that a digest or a checksum covers, by what the format says.
  [[nodiscard]] bool covered(std::uint64_t at) const {
    auto const& summary = manifest.parts[1];
    auto const within = [at](std::uint64_t offset, std::uint64_t bytes) { return at >= offset && at < offset + bytes; };
    bool in = within(0, summary.metadata_bytes);
    for (auto const& place : summary.table_places) in = in || within(place.offset, place.bytes);
    for (auto const& row : index.slices) in = in || within(row.offset, index.bytes_of(row));
    return in;
  }
};

void replace(std::string& text, std::string const& from, std::string const& to) {
  auto const at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a part cut short anywhere is refused") {
  Committed const committed;
  auto const text = pel::test::read_text(committed.part);
  std::array<std::size_t, 8> const lengths{0, 1, 7, 48, 511, text.size() / 2, text.size() - 8, text.size() - 1};

  for (auto const length : lengths) {
    CAPTURE(length);
    pel::test::write_text(committed.part, text.substr(0, length));
    CHECK_THROWS_AS(committed.read_part(), Damaged);
    CHECK(committed.refused());
  }
}

TEST_CASE("a part cut short that kept its size is refused or was cut where nothing is") {
  Committed const committed;
  auto const text = pel::test::read_text(committed.part);
  std::size_t refused = 0;

  for (std::size_t length = 0; length < text.size(); length += 97) {
    CAPTURE(length);
    pel::test::write_text(committed.part, text.substr(0, length) + std::string(text.size() - length, '\0'));
    if (committed.refused()) ++refused;
  }

  CHECK(refused > 0);
}

TEST_CASE("a flipped bit anywhere in a part is found, but for the gaps, where it changes nothing") {
  Committed const committed;
  auto const text = pel::test::read_text(committed.part);
  auto const metadata_bytes = committed.manifest.parts[1].metadata_bytes;
  std::size_t gaps = 0;
  std::size_t const stride = std::getenv("PEL_TEST_SMALL") == nullptr ? 1 : 5;  // coprime to 8

  for (std::size_t at = 0; at < text.size(); at += stride) {
    bool const empty = at < metadata_bytes && text[at] == 0;  // of these there are many
    if (empty && at % 61 != 0) continue;
    CAPTURE(at);
    pel::test::flip_bit(committed.part, at, at % 8);
    CHECK(committed.refused() == committed.covered(at));
    pel::test::flip_bit(committed.part, at, at % 8);
    if (!committed.covered(at)) ++gaps;
  }

  CHECK(gaps < 4 * 4096);
  CHECK(committed.reads_back());
}

TEST_CASE("a flipped bit in the payload names the field and the partition") {
  Committed const committed;
  auto text = pel::test::read_text(committed.part);
  auto const fields = pel::test::sample_fields({pel::partition_id(4)});
  auto const& slice = fields[0].slices[0].bytes;
  auto const at = text.find(std::string(reinterpret_cast<char const*>(slice.data()), slice.size()));
  REQUIRE(at != std::string::npos);
  text[at] = static_cast<char>(text[at] ^ 1);
  pel::test::write_text(committed.part, text);

  try {
    committed.read_part();
    FAIL("the damage was not seen");
  } catch (Damaged const& damaged) {
    CHECK(damaged.path == committed.part);
    CHECK(damaged.reason.find("state/rank of partition 4") != std::string::npos);
  }
}

TEST_CASE("other bytes of the same size are refused") {
  Committed const committed;
  auto const size = fs::file_size(committed.part);

  pel::test::write_text(committed.part, std::string(size, '\0'));
  CHECK(committed.refused());
  pel::test::write_text(committed.part, std::string(size, '\xff'));
  CHECK(committed.refused());
}

TEST_CASE("a whole part of another run with the same size is refused") {
  Committed const committed;
  pel::test::TemporaryDirectory const scratch;
  CheckpointDirectory const other(scratch.path());
  pel::test::write_sample(other, 6, 2, 1);
  auto const stale = scratch.path() / "epoch-000000006" / "part-00001.h5";
  REQUIRE(fs::file_size(stale) == fs::file_size(committed.part));

  fs::copy_file(stale, committed.part, fs::copy_options::overwrite_existing);

  CHECK(committed.refused());
}

TEST_CASE("a part of another superstep with the same contents is refused") {
  Committed const committed;
  pel::test::write_sample(committed.directory, 5, 2);
  fs::copy_file(committed.scratch.path() / "epoch-000000005" / "part-00001.h5", committed.part,
                fs::copy_options::overwrite_existing);

  CHECK(committed.refused());
}

TEST_CASE("swapped parts are refused") {
  Committed const committed;
  fs::rename(committed.part, committed.file("x"));
  fs::rename(committed.file("part-00000.h5"), committed.part);
  fs::rename(committed.file("x"), committed.file("part-00000.h5"));

  CHECK_THROWS_AS(static_cast<void>(committed.reads_back()), Damaged);
  CHECK_THROWS_AS(committed.read_part(), Damaged);
}

TEST_CASE("a missing part is refused, also by the manifest alone") {
  Committed const committed;
  fs::remove(committed.part);

  CHECK_THROWS_AS(static_cast<void>(committed.directory.read_manifest(committed.directory.epochs().at(0))), Damaged);
  CHECK_THROWS_AS(committed.read_part(), Damaged);
}

TEST_CASE("a directory in a part's place is refused") {
  Committed const committed;
  fs::remove(committed.part);
  fs::create_directory(committed.part);

  CHECK(committed.refused());
  CHECK_THROWS_AS(committed.read_part(), Damaged);
}

TEST_CASE("a part that does not hold the partitions of the manifest is refused") {
  Committed const committed;
  auto summary = committed.manifest.parts[1];
  summary.partitions[0] = pel::partition_id(0);

  CHECK_THROWS_AS(pel::store::PartReader(committed.part.parent_path(), summary), Damaged);
}

TEST_CASE("tables that the manifest places beyond the part are refused") {
  Committed const committed;
  auto const size = committed.manifest.parts[1].bytes;

  for (std::uint64_t const bytes : {size, size + 1, std::uint64_t{1} << 62U, ~std::uint64_t{0}}) {
    auto summary = committed.manifest.parts[1];
    summary.table_places[4].bytes = bytes;
    CHECK_THROWS_AS(pel::store::PartReader(committed.part.parent_path(), summary), Damaged);
    summary = committed.manifest.parts[1];
    summary.table_places[4].offset = bytes;
    CHECK_THROWS_AS(pel::store::PartReader(committed.part.parent_path(), summary), Damaged);
    summary = committed.manifest.parts[1];
    summary.metadata_bytes = bytes;
    CHECK_THROWS_AS(pel::store::PartReader(committed.part.parent_path(), summary), Damaged);
  }
}

TEST_CASE("a manifest that is missing, empty, cut short or edited is refused") {
  Committed const committed;
  auto const path = committed.file("MANIFEST.json");
  auto const text = pel::test::read_text(path);
  auto const refuses = [&](std::string const& changed) {
    pel::test::write_text(path, changed);
    CHECK_THROWS_AS(static_cast<void>(committed.reads_back()), Damaged);
  };

  for (std::size_t length = 0; length < text.size(); ++length) refuses(text.substr(0, length));
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto flipped = text;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    refuses(flipped);
  }
  auto edited = text;
  replace(edited, "\"superstep\": 6", "\"superstep\": 7");
  refuses(edited);
  fs::remove(path);
  CHECK_THROWS_AS(static_cast<void>(committed.reads_back()), Damaged);
}

TEST_CASE("a manifest of another epoch is refused") {
  Committed const committed;
  pel::test::write_sample(committed.directory, 5, 2);
  fs::copy_file(committed.scratch.path() / "epoch-000000005" / "MANIFEST.json", committed.file("MANIFEST.json"),
                fs::copy_options::overwrite_existing);

  CHECK_THROWS_AS(static_cast<void>(committed.reads_back()), Damaged);
}
