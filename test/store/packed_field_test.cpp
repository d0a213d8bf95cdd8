// Compressed fields: worth it or not, back bit by bit, and refused where they are damaged.
#include "store/packed_field.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/random.hpp"
#include "sample_checkpoint.hpp"
#include "store/checkpoint.hpp"
#include "store/part_file.hpp"

namespace fs = std::filesystem;
using pel::partition_id;

namespace {

pel::store::FieldInfo const labels{"state/label", pel::base::ElementType::f64, {3}, false};

// Rows of small whole numbers, which shrink well.
std::vector<std::byte> shrinking(std::uint64_t rows) {
  std::vector<double> values(3 * rows);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i / 7 % 50);
  return pel::test::bytes_of(values);
}

std::vector<std::byte> noise(std::size_t bytes) {
  std::vector<std::byte> made(bytes);
  pel::Random random(1, 2, 3);
  for (auto& byte : made) byte = static_cast<std::byte>(random());
  return made;
}

// A part of five partitions with a field that is worth it, of several chunks, and one that is not.
struct Compressed {
  pel::test::TemporaryDirectory scratch;
  pel::store::Snapshot snapshot;
  pel::store::WrittenPart part;

  Compressed() {
    std::vector<pel::PartitionId> all;
    pel::store::FieldPlan good{labels, {}}, bad{{"state/noise", pel::base::ElementType::u8, {}, false}, {}};
    for (std::uint32_t p = 0; p < 5; ++p) {
      all.push_back(partition_id(p));
      good.slices.push_back({partition_id(p), 100000 + p});
      bad.slices.push_back({partition_id(p), 200000});
    }
    snapshot.shape(all, {good, bad});
    std::ranges::copy(shrinking(good.rows()), snapshot.field(0).begin());
    std::ranges::copy(noise(bad.bytes()), snapshot.field(1).begin());
    pel::store::BlockSums sums(pel::store::slices_of(snapshot));
    part = pel::store::write_part(
        scratch.path() / "part-00000.h5", {"test", 1, 5, 0, 1}, snapshot, sums, {}, [](char const*) {},
        pel::store::Compress::zstd);
  }

  // Whether all slices read back; throws Damaged.
  [[nodiscard]] bool reads_back() const {
    pel::store::PartReader const reader(scratch.path(), part.summary);
    bool same = true;
    for (std::size_t i = 0; i < reader.index().slices.size(); ++i) {
      auto const& row = reader.index().slices[i];
      std::vector<std::byte> bytes(reader.index().bytes_of(row));
      reader.read(row, bytes);
      same = same && std::ranges::equal(bytes, snapshot.slice(row.field, i % 5));
    }
    return same;
  }
};

}  // namespace

TEST_CASE("what does not shrink, or is small, is not compressed") {
  CHECK_FALSE(pel::store::packed(labels, noise(24 * 100000)));
  CHECK_FALSE(pel::store::packed(labels, shrinking(1000)));
  CHECK(pel::store::packed(labels, shrinking(100000)));
}

TEST_CASE("chunks unpack to the rows, the last filled up with zeros") {
  auto const bytes = shrinking(400000);
  auto const field = pel::store::packed(labels, bytes);
  REQUIRE(field);
  std::vector<std::byte> chunk(field->chunk_rows * labels.row_bytes()), all;
  for (auto const& packed : field->chunks) {
    CHECK(pel::store::unpack(packed, chunk));
    all.insert(all.end(), chunk.begin(), chunk.end());
  }

  CHECK(field->chunks.size() == 3);
  CHECK(std::equal(bytes.begin(), bytes.end(), all.begin()));
  CHECK(std::all_of(all.begin() + static_cast<std::ptrdiff_t>(bytes.size()), all.end(),
                    [](std::byte byte) { return byte == std::byte{}; }));
  CHECK_FALSE(pel::store::unpack(std::span(field->chunks[0]).first(10), chunk));
  CHECK_FALSE(pel::store::unpack(field->chunks[0], std::span(chunk).first(100)));
}

TEST_CASE("a part with a compressed field reads back bit by bit and is smaller") {
  Compressed const made;

  CHECK(made.reads_back());
  CHECK(made.part.index.chunks.size() == 3);
  CHECK(made.part.summary.bytes < made.snapshot.bytes() / 2);
}

TEST_CASE("a flipped bit in a compressed chunk is found") {
  Compressed const made;
  auto const path = made.scratch.path() / "part-00000.h5";
  auto const text = pel::test::read_text(path);
  auto const& chunk = made.part.index.chunks.at(1);
  int found = 0;
  for (std::uint64_t at = chunk.offset; at < chunk.offset + chunk.bytes; at += chunk.bytes / 40) {
    CAPTURE(at);
    auto flipped = text;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    pel::test::write_text(path, flipped);
    bool damaged = false, same = false;
    try {
      same = made.reads_back();
    } catch (pel::store::Damaged const&) {
      damaged = true;
    }
    CHECK((damaged || same));  // never other values
    found += damaged ? 1 : 0;
  }
  CHECK(found >= 35);
}
