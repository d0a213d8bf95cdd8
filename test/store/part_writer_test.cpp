// Parts that share files with parts of older epochs, and in which order a part is written.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "pel/error.hpp"
#include "sample_checkpoint.hpp"
#include "store/checkpoint.hpp"
#include "store/manifest.hpp"
#include "store/part_file.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::partition_id;
using pel::store::CheckpointDirectory;
using pel::test::Field;
using pel::test::names_in;
using pel::test::TemporaryDirectory;

namespace {

using Names = std::vector<std::string>;
constexpr std::uint32_t partitions = 3;

// state/x, `rows` float64 for each of three partitions, whose bytes are all `values[p]`.
std::vector<Field> fields_of(std::vector<int> const& values, std::uint64_t rows = 600) {
  Field field{{"state/x", pel::base::ElementType::f64, {}, false}, {}};
  for (std::uint32_t p = 0; p < partitions; ++p)
    field.slices.push_back({partition_id(p), rows, std::vector(rows * 8, static_cast<std::byte>(values.at(p)))});
  return {field};
}

// A job of one rank that writes one epoch after the other, each with links to the one before.
class Job {
 public:
  explicit Job(fs::path path) : directory(std::move(path)) {}

  void write(std::int64_t superstep, std::vector<Field> const& fields) {
    std::optional<pel::store::EarlierPart> earlier;
    if (before_) earlier = {directory.committed(last_), last_, &*before_};
    pel::store::Manifest manifest{{}, superstep, partitions, "job", {}};
    std::vector const all{partition_id(0), partition_id(1), partition_id(2)};
    auto part = pel::test::write_part(directory.begin(superstep), manifest, 0, 1, all, fields, earlier);
    manifest.parts = {part.summary};
    pel::test::commit(directory, manifest);
    before_ = std::move(part);
    last_ = superstep;
  }

  // Whether the epoch holds these fields.
  [[nodiscard]] bool holds(std::int64_t superstep, std::vector<Field> const& fields) const {
    auto const epoch = directory.committed(superstep);
    auto const part = directory.read_manifest({superstep, epoch}).parts.at(0);
    for (std::uint32_t p = 0; p < partitions; ++p) {
      std::vector<Field> expected;
      expected.reserve(fields.size());
      for (auto const& field : fields) expected.push_back({field.info, {field.slices.at(p)}});
      if (!pel::test::same(pel::test::read_partition(epoch, part, partition_id(p)), expected)) return false;
    }
    return true;
  }

  // The files of the newest epoch's part, and by partition in which of them the first field's slice is.
  [[nodiscard]] Names files() const { return before_->index.files; }
  [[nodiscard]] std::vector<std::uint64_t> places() const {
    std::vector<std::uint64_t> numbers;
    for (auto const& row : before_->index.slices)
      if (row.field == 0) numbers.push_back(row.file);
    return numbers;
  }

  CheckpointDirectory directory;

 private:
  std::optional<pel::store::WrittenPart> before_;
  std::int64_t last_ = 0;
};

ino_t inode_of(fs::path const& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_ino;
}

using Places = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("slices that have not changed are linked, one that has is written") {
  TemporaryDirectory const scratch;
  Job job(scratch.path());

  job.write(1, fields_of({1, 2, 3}));
  job.write(2, fields_of({1, 7, 3}));

  CHECK(job.files() == Names{"part-00000.h5", "part-00000-of-000000001.h5"});
  CHECK(job.places() == Places{1, 0, 1});
  auto const linked = job.directory.committed(2) / "part-00000-of-000000001.h5";
  CHECK(inode_of(linked) == inode_of(job.directory.committed(1) / "part-00000.h5"));
  CHECK(job.holds(1, fields_of({1, 2, 3})));
  CHECK(job.holds(2, fields_of({1, 7, 3})));
  job.directory.verify({2, job.directory.committed(2)});
}

TEST_CASE("an epoch with links is whole without the one before, and where it is copied to") {
  TemporaryDirectory const scratch;
  Job job(scratch.path() / "a");
  job.write(1, fields_of({1, 2, 3}));
  job.write(2, fields_of({1, 7, 3}));

  fs::remove_all(job.directory.committed(1));
  CHECK(job.holds(2, fields_of({1, 7, 3})));

  fs::copy(scratch.path() / "a", scratch.path() / "b", fs::copy_options::recursive);
  Job const copy(scratch.path() / "b");
  fs::remove_all(scratch.path() / "a");
  CHECK(copy.holds(2, fields_of({1, 7, 3})));
}

TEST_CASE("a slice keeps the name of the epoch that wrote it, through all links") {
  TemporaryDirectory const scratch;
  Job job(scratch.path());

  job.write(1, fields_of({1, 2, 3}));
  job.write(2, fields_of({1, 7, 3}));
  job.write(5, fields_of({1, 7, 8}));

  CHECK(job.files() == Names{"part-00000.h5", "part-00000-of-000000001.h5", "part-00000-of-000000002.h5"});
  CHECK(job.places() == Places{1, 2, 0});
  CHECK(job.holds(5, fields_of({1, 7, 8})));
}

TEST_CASE("an epoch never shares all its large slices with the one before") {
  TemporaryDirectory const scratch;
  Job job(scratch.path());

  job.write(1, fields_of({1, 2, 3}));
  job.write(2, fields_of({1, 2, 3}));

  CHECK(job.files() == Names{"part-00000.h5"});
  CHECK(job.holds(2, fields_of({1, 2, 3})));
}

TEST_CASE("slices of less than a page are written, of a page they are linked") {
  for (std::uint64_t const rows : {511U, 512U}) {
    TemporaryDirectory const scratch;
    Job job(scratch.path());

    job.write(1, fields_of({1, 2, 3}, rows));
    job.write(2, fields_of({1, 7, 3}, rows));

    CHECK(job.places() == (rows == 512 ? Places{1, 0, 1} : Places{0, 0, 0}));
    CHECK(job.holds(2, fields_of({1, 7, 3}, rows)));
  }
}

TEST_CASE("the bytes of a slice serve at most eight epochs, though the two newest are all there is") {
  TemporaryDirectory const scratch;
  Job job(scratch.path());
  std::map<std::string, int> used;  // by partition and epoch that wrote its slice

  for (int superstep = 1; superstep <= 30; ++superstep) {
    CAPTURE(superstep);
    auto const fields = fields_of({1, 2, superstep});
    job.write(superstep, fields);
    CHECK(job.holds(superstep, fields));
    for (std::size_t p = 0; p < 2; ++p) {
      auto const file = job.files().at(job.places().at(p));
      ++used[std::to_string(p) + (job.places().at(p) == 0 ? std::to_string(superstep) : "") + file];
    }
    job.directory.retain(2, [] {});
  }

  // The epoch that writes a slice calls the file otherwise than those that link it.
  int most = 0;
  for (auto const& [name, times] : used) most = std::max(most, times);
  CHECK(most + 1 == 8);
}

TEST_CASE("where no link can be made the slices are written") {
  TemporaryDirectory const scratch;
  auto const after = fields_of({1, 7, 3});
  Job job(scratch.path());
  job.write(1, fields_of({1, 2, 3}));

  SUBCASE("as the name is taken by a directory") {
    fs::create_directory(job.directory.begin(2) / "part-00000-of-000000001.h5");
  }
  SUBCASE("as the older epoch is gone") { fs::remove_all(job.directory.committed(1)); }
  job.write(2, after);

  CHECK(job.files() == Names{"part-00000.h5"});
  CHECK(job.places() == Places{0, 0, 0});
  CHECK(job.holds(2, after));
}

TEST_CASE("a file that was left under a link's name makes room") {
  TemporaryDirectory const scratch;
  Job job(scratch.path());
  job.write(1, fields_of({1, 2, 3}));
  pel::test::write_text(job.directory.begin(2) / "part-00000-of-000000001.h5", "left over");

  job.write(2, fields_of({1, 7, 3}));

  CHECK(job.places() == Places{1, 0, 1});
  CHECK(job.holds(2, fields_of({1, 7, 3})));
}

TEST_CASE("an older epoch on another file system is not linked") {
  fs::path const memory = "/dev/shm";
  if (::access(memory.c_str(), W_OK) != 0) return pel::test::skip("no /dev/shm to write to");
  TemporaryDirectory const here, there(memory);
  pel::store::Manifest const manifest{{}, 2, 1, "job", {}};
  Field field{{"state/x", pel::base::ElementType::u8, {}, false}, {}};
  for (std::uint32_t const p : {0U, 1U})
    field.slices.push_back({partition_id(p), 5000, std::vector(5000, std::byte{1})});
  std::vector const all{partition_id(0), partition_id(1)};
  auto const before = pel::test::write_part(there.path(), manifest, 0, 1, all, {field});
  field.slices[1].bytes[7] = std::byte{2};
  struct stat first {
  }, second{};
  REQUIRE(::stat(here.path().c_str(), &first) == 0);
  REQUIRE(::stat(there.path().c_str(), &second) == 0);
  if (first.st_dev == second.st_dev) return pel::test::skip("the same file system");

  auto const part = pel::test::write_part(here.path(), manifest, 0, 1, all, {field},
                                          pel::store::EarlierPart{there.path(), 1, &before});

  CHECK(names_in(here.path()) == Names{"part-00000.h5"});
  CHECK(part.summary.links.empty());
  CHECK(pel::test::same(pel::test::read_partition(here.path(), part.summary, partition_id(1)),
                        {{field.info, {field.slices[1]}}}));
}

TEST_CASE("the same bytes of another shape, type or name are not the same slice") {
  TemporaryDirectory const scratch;
  Job job(scratch.path());
  job.write(1, fields_of({1, 2, 3}));
  auto after = fields_of({1, 2, 7});

  SUBCASE("shape") {
    after[0].info.row_shape = {2};
    for (auto& slice : after[0].slices) slice.rows /= 2;
  }
  SUBCASE("type") { after[0].info.type = pel::base::ElementType::i64; }
  SUBCASE("name") { after[0].info.name = "state/y"; }
  job.write(2, after);

  CHECK(job.places() == Places{0, 0, 0});
  CHECK(job.holds(2, after));
}

TEST_CASE("slices are found again by name and partition when fields come and go") {
  TemporaryDirectory const scratch;
  Job job(scratch.path());
  job.write(1, fields_of({1, 2, 3}));
  auto after = fields_of({9, 9, 9});
  after.push_back(after[0]);
  after[0].info.name = "inbox/value";
  after[1] = fields_of({1, 2, 3})[0];

  job.write(2, after);

  CHECK(job.places() == Places{0, 0, 0});
  CHECK(job.files() == Names{"part-00000.h5", "part-00000-of-000000001.h5"});
  CHECK(job.holds(2, after));
}

TEST_CASE("damage to a linked file is found, and the file is named") {
  TemporaryDirectory const scratch;
  Job job(scratch.path());
  job.write(1, fields_of({1, 2, 3}));
  job.write(2, fields_of({1, 7, 3}));
  auto const linked = job.directory.committed(2) / "part-00000-of-000000001.h5";
  pel::store::Epoch const epoch{2, job.directory.committed(2)};
  auto const part = job.directory.read_manifest(epoch).parts.at(0);

  SUBCASE("a flipped bit") { pel::test::flip_bit(linked, part.metadata_bytes + 100); }
  SUBCASE("a byte too many") { pel::test::write_text(linked, pel::test::read_text(linked) + "x"); }
  SUBCASE("no file") { fs::remove(linked); }

  try {
    job.directory.verify(epoch);
    FAIL("the damage was not seen");
  } catch (pel::store::Damaged const& damaged) {
    CHECK(damaged.path == linked);
  }
}

TEST_CASE("a part tells of its steps in their order, and what is thrown there ends it") {
  TemporaryDirectory const scratch;
  auto const path = scratch.path() / "part-00000.h5";
  auto const snapshot =
      pel::test::snapshot_of({partition_id(0), partition_id(1), partition_id(2)}, fields_of({1, 2, 3}));
  Names const steps{"skeleton", "allocated", "payload_piece", "payload_mid", "payload", "part_synced"};
  for (auto const& last : steps) {
    Names reached;
    pel::store::BlockSums sums(slices_of(snapshot));
    CHECK_THROWS_WITH(
        static_cast<void>(pel::store::write_part(path, {"job", 1, partitions, 0, 1}, snapshot, sums, std::nullopt,
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
