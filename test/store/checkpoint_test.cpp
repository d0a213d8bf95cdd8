#include "store/checkpoint.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "pel/error.hpp"
#include "sample_checkpoint.hpp"

namespace fs = std::filesystem;
using pel::partition_id;
using pel::store::CheckpointDirectory;
using pel::store::Field;
using pel::test::TemporaryDirectory;

namespace {

std::vector<std::int64_t> supersteps(CheckpointDirectory const& directory) {
  std::vector<std::int64_t> found;
  for (auto const& epoch : directory.epochs()) found.push_back(epoch.superstep);
  return found;
}

std::vector<std::string> names_in(fs::path const& path) {
  std::vector<std::string> names;
  for (auto const& entry : fs::directory_iterator(path)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

using Numbers = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a checkpoint written by any number of ranks reads back bit by bit") {
  for (int const ranks : {1, 2, 3, 5, 7}) {
    CAPTURE(ranks);
    TemporaryDirectory const scratch;
    CheckpointDirectory const directory(scratch.path() / "a" / "ckpt");

    auto const written = pel::test::write_sample(directory, 12, ranks);

    auto const read = directory.read_manifest(directory.epochs().at(0));
    CHECK(read.identity == written.identity);
    CHECK(read.superstep == 12);
    CHECK(read.partitions == pel::test::sample_partitions);
    CHECK(read.app == "sample");
    CHECK(read.parts.size() == static_cast<std::size_t>(ranks));
    CHECK(pel::test::reads_back(directory));
    CHECK(names_in(directory.path()) == Names{"epoch-000000012"});
  }
}

TEST_CASE("every element type keeps its type and its bits") {
  using pel::base::ElementType;
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  std::vector<Field> fields;
  for (auto type = ElementType::i8; type <= ElementType::boolean;
       type = static_cast<ElementType>(static_cast<int>(type) + 1)) {
    Field field{{std::string("state/") + pel::base::name_of(type), type, {3}, false}, {}};
    std::vector<std::byte> bytes(2 * field.info.row_bytes());
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i % 2);
    field.slices.push_back({partition_id(0), 2, bytes});
    fields.push_back(field);
  }
  pel::store::Manifest manifest{{}, 0, 1, "types", {}};

  directory.begin(0);
  manifest.parts.push_back(directory.write_part(manifest, 0, 1, {partition_id(0)}, fields));
  directory.commit(manifest);

  CHECK(
      pel::test::same(directory.read_partition(directory.epochs().at(0), manifest.parts[0], partition_id(0)), fields));
}

TEST_CASE("a checkpoint without any field reads back empty") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  pel::store::Manifest manifest{{}, 3, 1, "", {}};

  directory.begin(3);
  manifest.parts.push_back(directory.write_part(manifest, 0, 1, {partition_id(0)}, {}));
  directory.commit(manifest);

  auto const epoch = directory.epochs().at(0);
  CHECK(directory.read_partition(epoch, directory.read_manifest(epoch).parts.at(0), partition_id(0)).empty());
}

TEST_CASE("a hundred fields, in one group and nested, read back") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  std::vector<Field> fields;
  for (int i = 0; i < 100; ++i) {
    Field field{{"state/" + std::string(i % 2 == 0 ? "x" : "deep/er/x") + std::to_string(i),
                 pel::base::ElementType::u8,
                 {},
                 false},
                {}};
    field.slices.push_back({partition_id(0), 1, {static_cast<std::byte>(i)}});
    fields.push_back(field);
  }
  pel::store::Manifest manifest{{}, 3, 1, "", {}};

  directory.begin(3);
  auto const part = directory.write_part(manifest, 0, 1, {partition_id(0)}, fields);
  manifest.parts.push_back(part);
  directory.commit(manifest);

  CHECK(pel::test::same(directory.read_partition(directory.epochs().at(0), part, partition_id(0)), fields));
}

TEST_CASE("a slice that is not of its size is a bug and named so") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  auto fields = pel::test::sample_fields({partition_id(1)});
  fields[0].slices[0].rows = 11;
  directory.begin(0);

  CHECK_THROWS_AS(static_cast<void>(directory.write_part({}, 0, 1, {partition_id(1)}, fields)), pel::InternalError);
  CHECK_THROWS_AS(static_cast<void>(directory.write_part({}, 0, 1, {}, pel::test::sample_fields({partition_id(1)}))),
                  pel::InternalError);
}

TEST_CASE("what is not committed is no epoch, and abandon removes it") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());

  directory.begin(7);
  CHECK(names_in(scratch.path()) == Names{"tmp-000000007"});
  CHECK(directory.epochs().empty());

  directory.abandon(7);
  CHECK(names_in(scratch.path()).empty());
  directory.abandon(7);
}

TEST_CASE("begin empties what an earlier attempt left") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  fs::create_directories(scratch.path() / "tmp-000000007");
  pel::test::write_text(scratch.path() / "tmp-000000007" / "part-00009.h5", "left over");

  pel::test::write_sample(directory, 7, 2);

  CHECK(names_in(scratch.path() / "epoch-000000007") == Names{"MANIFEST.json", "part-00000.h5", "part-00001.h5"});
}

TEST_CASE("epochs come newest first, and only those that are named like one") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  for (std::int64_t const superstep : {2, 10, 1, 1234567890}) pel::test::write_sample(directory, superstep, 1);
  for (auto const* name : {"epoch-12", "epoch-00000000x", "epoch-", "epoch-000000003-2", "epoch-0000000004"})
    fs::create_directory(scratch.path() / name);
  pel::test::write_text(scratch.path() / "epoch-000000005", "a file");

  CHECK(supersteps(directory) == Numbers{1234567890, 10, 2, 1});
  CHECK(supersteps(CheckpointDirectory(scratch.path() / "missing")).empty());
}

TEST_CASE("a commit replaces the epoch of the same superstep") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  pel::test::write_sample(directory, 4, 2, 0);

  pel::test::write_sample(directory, 4, 3, 5);

  CHECK(pel::test::reads_back(directory, 5));
  CHECK(names_in(scratch.path()) == Names{"epoch-000000004"});
}

TEST_CASE("retain keeps the newest epochs and clears what was left over, nothing else") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  for (int const superstep : {1, 2, 3}) pel::test::write_sample(directory, superstep, 1);
  for (auto const* name : {"tmp-000000009", "trash-000000001", "trash-000000001-2", "old-000000001", "tmp-mine", "old"})
    fs::create_directory(scratch.path() / name);

  directory.retain(2);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000002", "epoch-000000003", "old", "tmp-mine"});

  directory.retain(0);
  CHECK(supersteps(directory) == Numbers{3});
}

TEST_CASE("what is set aside stays until the new job has an epoch") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  for (int const superstep : {1, 2}) pel::test::write_sample(directory, superstep, 1);

  CHECK(directory.set_aside() == 2);
  CHECK(directory.epochs().empty());
  directory.retain(2);
  CHECK(names_in(scratch.path()) == Names{"old-000000001", "old-000000002"});

  pel::test::write_sample(directory, 1, 1);
  CHECK(directory.set_aside() == 1);
  CHECK(names_in(scratch.path()) == Names{"old-000000001", "old-000000001-2", "old-000000002"});

  pel::test::write_sample(directory, 1, 1);
  directory.retain(2);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000001"});
  CHECK(CheckpointDirectory(scratch.path() / "missing").set_aside() == 0);
}

TEST_CASE("after damaged epochs are set aside, retain keeps what is written next") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  for (int const superstep : {1, 2, 5, 9}) pel::test::write_sample(directory, superstep, 1);

  CHECK(directory.set_aside_after(2) == 2);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000001", "epoch-000000002", "old-000000005", "old-000000009"});
  CHECK(directory.set_aside_after(2) == 0);

  pel::test::write_sample(directory, 3, 1);
  directory.retain(2);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000002", "epoch-000000003"});
}
