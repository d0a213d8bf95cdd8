// A part that is written as its slices are shown is the part that is written from a copy.
#include "store/part_stream.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "pel/error.hpp"
#include "sample_checkpoint.hpp"
#include "store/block_sums.hpp"
#include "store/checkpoint.hpp"
#include "store/manifest.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::partition_id;
using pel::store::EarlierPart;
using pel::store::PartStream;
using pel::store::WrittenPart;
using pel::test::Field;
using pel::test::TemporaryDirectory;

namespace {

using Names = std::vector<std::string>;
using Fields = std::vector<Field>;

std::vector<pel::PartitionId> const all{partition_id(0), partition_id(1), partition_id(2)};
pel::store::PartHeading const heading{"job", 5, 3, 0, 1};

std::vector<std::byte> noise(std::size_t n, unsigned seed) {
  std::vector<std::byte> bytes(n);
  for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<std::byte>((i * 2654435761U + seed) >> 7U);
  return bytes;
}

// Slices of no bytes, of less than a page, of some blocks and a rest, and none that begins at a whole page. Those of
// partition 1 change with `seed`.
Fields fields_of(std::size_t scale, unsigned seed = 0) {
  Field wide{{"state/wide", pel::base::ElementType::u8, {3}, false}, {}};
  Field small{{"state/small", pel::base::ElementType::f64, {}, false}, {}};
  Field blob{{"state/blob", pel::base::ElementType::u8, {}, true}, {}};
  for (std::uint32_t p = 0; p < 3; ++p) {
    auto const changed = p == 1 ? seed : 0;
    auto const rows = p * scale + p;
    wide.slices.push_back({partition_id(p), rows, noise(3 * rows, p + changed)});
    small.slices.push_back({partition_id(p), p + 1, noise(8 * (p + 1), p + changed)});
    if (p != 0) blob.slices.push_back({partition_id(p), 5000, noise(5000, p + changed)});
  }
  return {wide, small, blob};
}

WrittenPart copied(fs::path const& path, Fields const& fields, std::optional<EarlierPart> const& earlier = {}) {
  auto const snapshot = pel::test::snapshot_of(all, fields);
  pel::store::BlockSums sums(slices_of(snapshot));
  return write_part(path, heading, snapshot, sums, earlier, [](char const*) {});
}

template <class Work>
void for_each_slice(Fields const& fields, std::size_t lane, std::size_t lanes, Work const& work) {
  std::size_t number = 0;
  for (std::size_t f = 0; f < fields.size(); ++f)
    for (std::size_t s = 0; s < fields[f].slices.size(); ++s)
      if (number++ % lanes == lane) work(f, s, fields[f].slices[s].bytes);
}

struct Streamed {
  WrittenPart part;
  std::size_t room = 0;
};

Streamed streamed(
    fs::path const& path, Fields const& fields, std::optional<EarlierPart> const& earlier = {}, std::size_t lanes = 2,
    pel::store::Milestone const& reached = [](char const*) {}) {
  PartStream stream(path, heading, all, pel::test::plans_of(fields), reached);
  if (earlier) for_each_slice(fields, 0, 1, [&](auto f, auto s, auto const& bytes) { stream.sum(f, s, bytes); });
  stream.begin(earlier, lanes);
  std::vector<std::thread> others;
  auto const write = [&](std::size_t lane) {
    for_each_slice(fields, lane, lanes, [&](auto f, auto s, auto const& bytes) { stream.write(lane, f, s, bytes); });
  };
  for (std::size_t lane = 1; lane < lanes; ++lane) others.emplace_back(write, lane);
  write(0);
  for (auto& thread : others) thread.join();
  auto part = stream.finish();
  return {std::move(part), stream.room()};
}

// Of a part's file all but the metadata, which says when it was written: data and tables, as they lie.
std::string data_of(fs::path const& folder, WrittenPart const& part) {
  auto const text = pel::test::read_text(folder / part.summary.file);
  REQUIRE(text.size() == part.summary.bytes);
  return text.substr(part.summary.metadata_bytes);
}

template <class Write>
void check_same_files(Write const& write) {
  TemporaryDirectory const scratch;
  auto const to_copy = scratch.path() / "copy", to_stream = scratch.path() / "stream";
  for (auto const& folder : {to_copy, to_stream}) fs::create_directory(folder);
  auto const [copy, stream] = write(to_copy, to_stream);
  auto summary = stream.summary;
  summary.digest = copy.summary.digest;  // as the metadata, too, is in it
  CHECK(pel::store::to_text(summary) == pel::store::to_text(copy.summary));
  CHECK(stream.age == copy.age);
  CHECK(pel::test::names_in(to_stream) == pel::test::names_in(to_copy));
  bool const same = data_of(to_stream, stream) == data_of(to_copy, copy);
  CHECK(same);
}

}  // namespace

TEST_CASE("a part that is streamed is that of a copy, byte by byte, but for the time it tells") {
  for (std::size_t const scale : {0U, 10U, 5000U, 2'000'000U}) {
    CAPTURE(scale);
    auto const fields = fields_of(scale);
    for (std::size_t const lanes : {1U, 3U, 200U})
      check_same_files([&](fs::path const& copy, fs::path const& stream) {
        return std::pair(copied(copy / "part-00000.h5", fields),
                         streamed(stream / "part-00000.h5", fields, {}, lanes).part);
      });
  }
}

TEST_CASE("a part that is streamed links what has not changed, as that of a copy does") {
  TemporaryDirectory const before;
  auto const first = copied(before.path() / "part-00000.h5", fields_of(40'000));
  EarlierPart const earlier{before.path(), 4, &first};
  auto const fields = fields_of(40'000, /*seed=*/9);

  check_same_files([&](fs::path const& copy, fs::path const& stream) {
    auto of_copy = copied(copy / "part-00000.h5", fields, earlier);
    auto of_stream = streamed(stream / "part-00000.h5", fields, earlier).part;
    CHECK(of_stream.index.files == Names{"part-00000.h5", "part-00000-of-000000004.h5"});
    return std::pair(std::move(of_copy), std::move(of_stream));
  });
}

TEST_CASE("what was streamed is read back") {
  TemporaryDirectory const scratch;
  auto const fields = fields_of(100'000);
  auto const part = streamed(scratch.path() / "part-00000.h5", fields).part;

  for (std::size_t p = 0; p < 3; ++p) {
    Fields expected;
    for (auto const& field : fields)
      for (auto const& slice : field.slices)
        if (slice.partition == all[p]) expected.push_back({field.info, {slice}});
    CHECK(pel::test::same(pel::test::read_partition(scratch.path(), part.summary, all[p]), expected));
  }
}

TEST_CASE("memory for streaming does not grow with the state, nor with the lanes") {
  TemporaryDirectory const scratch;
  auto const path = scratch.path() / "part-00000.h5";

  auto const small = streamed(path, fields_of(1000)).room;
  auto const large = streamed(path, fields_of(6'000'000)).room;  // 54 MB
  auto const of_many = streamed(path, fields_of(6'000'000), {}, 40).room;

  CHECK(small <= std::size_t{4} << 20U);
  CHECK(large <= PartStream::buffer_bytes);
  CHECK(of_many <= PartStream::buffer_bytes);
}

TEST_CASE("a stream tells of its steps in their order, and what is thrown there ends it") {
  TemporaryDirectory const scratch;
  Names const steps{"skeleton", "allocated", "payload_piece", "payload_mid", "payload", "part_synced"};
  for (auto const& last : steps) {
    Names reached;
    CHECK_THROWS_WITH(static_cast<void>(streamed(scratch.path() / "part-00000.h5", fields_of(5000), {}, 1,
                                                 [&](char const* step) {
                                                   bool const again = std::ranges::find(reached, step) != reached.end();
                                                   if (!again) reached.emplace_back(step);  // pieces come many times
                                                   if (step == last) throw std::runtime_error("stop");
                                                 })),
                      "stop");
    CHECK(std::ranges::equal(reached, std::span(steps).first(reached.size())));
    CHECK(reached.back() == last);
  }
}

TEST_CASE("half of a streamed payload is told of once, whichever thread wrote it") {
  TemporaryDirectory const scratch;
  std::atomic<int> halves = 0;
  static_cast<void>(streamed(scratch.path() / "part-00000.h5", fields_of(500'000), {}, 3, [&](char const* step) {
    if (std::string(step) == "payload_mid") ++halves;
  }));
  CHECK(halves == 1);
}

TEST_CASE("a disk that cannot take a streamed part is named with its fault") {
  TemporaryDirectory const scratch;
  try {
    static_cast<void>(streamed(scratch.path() / "missing" / "part-00000.h5", fields_of(10)));
    FAIL("written into a directory that is not there");
  } catch (pel::WriteFailed const& failed) {
    CHECK(failed.code == ENOENT);
  }
}

TEST_CASE("a slice of another size than was planned is refused") {
  TemporaryDirectory const scratch;
  auto const fields = fields_of(10);
  PartStream stream(scratch.path() / "part-00000.h5", heading, all, pel::test::plans_of(fields), [](char const*) {});
  stream.begin(std::nullopt, 1);
  std::vector<std::byte> const bytes(7);
  CHECK_THROWS_AS(stream.write(0, 0, 1, bytes), pel::InternalError);
}
