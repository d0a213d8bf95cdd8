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
using pel::test::Field;
using pel::test::names_in;
using pel::test::TemporaryDirectory;

namespace {

std::vector<std::int64_t> supersteps(CheckpointDirectory const& directory) {
  std::vector<std::int64_t> found;
  for (auto const& epoch : directory.epochs()) found.push_back(epoch.superstep);
  return found;
}

using Numbers = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

void always() {}  // may be deleted

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

  pel::test::write_whole(directory, manifest, fields);

  auto const epoch = directory.committed(0);
  CHECK(pel::test::same(pel::test::read_partition(epoch, manifest.parts[0], partition_id(0)), fields));
}

TEST_CASE("a checkpoint without any field reads back empty") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  pel::store::Manifest manifest{{}, 3, 1, "", {}};

  pel::test::write_whole(directory, manifest, {});

  auto const epoch = directory.epochs().at(0);
  auto const part = directory.read_manifest(epoch).parts.at(0);
  CHECK(pel::test::read_partition(epoch.directory, part, partition_id(0)).empty());
}

TEST_CASE("some hundred fields, in one group and nested, read back") {
  for (int const n : {100, 600}) {
    CAPTURE(n);
    TemporaryDirectory const scratch;
    CheckpointDirectory const directory(scratch.path());
    std::vector<Field> fields;
    for (int i = 0; i < n; ++i) {
      auto const name = "state/" + std::string(i % 2 == 0 ? "x" : "deep/er/x") + std::to_string(i);
      fields.push_back({{name, pel::base::ElementType::u8, {}, false}, {}});
      fields.back().slices.push_back({partition_id(0), 1, {static_cast<std::byte>(i)}});
    }
    pel::store::Manifest manifest{{}, 3, 1, "", {}};

    pel::test::write_whole(directory, manifest, fields);

    auto const read = pel::test::read_partition(directory.committed(3), manifest.parts.at(0), partition_id(0));
    CHECK(pel::test::same(read, fields));
  }
}

TEST_CASE("what is not committed is no epoch, and abandon removes it") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path(), 3);

  CHECK(directory.begin(7) == scratch.path() / "tmp-000000007-i0003");
  CHECK(names_in(scratch.path()) == Names{"tmp-000000007-i0003"});
  CHECK(directory.epochs().empty());

  directory.abandon(7);
  CHECK(names_in(scratch.path()).empty());
  directory.abandon(7);
}

TEST_CASE("begin leaves what a faster rank has written already") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const first(scratch.path(), 3), second(scratch.path(), 3);
  pel::test::write_text(first.begin(7) / "part-00001.h5", "x");

  auto const temporary = second.begin(7);

  CHECK(names_in(temporary) == Names{"part-00001.h5"});
}

TEST_CASE("each launch writes into a directory of its own") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const zombie(scratch.path(), 1), directory(scratch.path(), 2);
  pel::test::write_text(zombie.begin(7) / "part-00000.h5", "left over");

  pel::test::write_sample(directory, 7, 2);

  CHECK(names_in(scratch.path()) == Names{"epoch-000000007", "tmp-000000007-i0001"});
  CHECK(names_in(directory.committed(7)) == Names{"MANIFEST.json", "index.h5", "part-00000.h5", "part-00001.h5"});
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

TEST_CASE("retain keeps the newest epochs and clears what was left over, nothing else") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  for (int const superstep : {1, 2, 3}) pel::test::write_sample(directory, superstep, 1);
  for (auto const* name : {"tmp-000000009-i0000", "trash-000000001", "trash-000000001-2", "old-000000001", "tmp-mine",
                           "tmp-000000009", "old"})
    fs::create_directory(scratch.path() / name);

  directory.retain(2, always);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000002", "epoch-000000003", "old", "tmp-000000009", "tmp-mine"});

  directory.retain(0, always);
  CHECK(supersteps(directory) == Numbers{3});
}

TEST_CASE("nothing is deleted any more when another launch has taken the directory over") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path(), 3);
  for (int const superstep : {1, 2, 3, 4}) pel::test::write_sample(directory, superstep, 1);
  fs::create_directory(scratch.path() / "trash-000000000");
  int asked = 0;
  auto const lost_after_one = [&] {
    if (++asked > 1) throw pel::LostLease("ckpt", 3, 4);
  };

  directory.retain(2, lost_after_one);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000001", "epoch-000000003", "epoch-000000004", "trash-000000000"});
  directory.remove_leftovers(2, lost_after_one);
  directory.retain(1, lost_after_one);
  fs::resize_file(directory.committed(4) / "part-00000.h5", 9);
  CHECK_FALSE(directory.make_space(lost_after_one));

  CHECK(names_in(scratch.path()) == Names{"epoch-000000001", "epoch-000000003", "epoch-000000004", "trash-000000000"});
}

TEST_CASE("space is made at nobody's cost when another launch has taken the directory over") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path(), 3);
  for (int const superstep : {1, 2, 3}) pel::test::write_sample(directory, superstep, 1);
  auto const lost = [] { throw pel::LostLease("ckpt", 3, 4); };

  CHECK_FALSE(directory.make_space(lost));
  CHECK(supersteps(directory) == Numbers{3, 2, 1});
}

TEST_CASE("what is set aside stays until the new job has an epoch") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  for (int const superstep : {1, 2}) pel::test::write_sample(directory, superstep, 1);

  CHECK(directory.set_aside() == 2);
  CHECK(directory.epochs().empty());
  directory.retain(2, always);
  CHECK(names_in(scratch.path()) == Names{"old-000000001", "old-000000002"});

  pel::test::write_sample(directory, 1, 1);
  CHECK(directory.set_aside() == 1);
  CHECK(names_in(scratch.path()) == Names{"old-000000001", "old-000000001-2", "old-000000002"});

  pel::test::write_sample(directory, 1, 1);
  directory.retain(2, always);
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
  directory.retain(2, always);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000002", "epoch-000000003"});
}

TEST_CASE("retain deletes what older launches were writing, not what this one or a newer one writes") {
  TemporaryDirectory const scratch;
  for (int const incarnation : {1, 2, 3, 4})
    static_cast<void>(CheckpointDirectory(scratch.path(), incarnation).begin(5));

  CheckpointDirectory(scratch.path(), 3).retain(2, always);

  CHECK(names_in(scratch.path()) == Names{"tmp-000000005-i0003", "tmp-000000005-i0004"});
}

TEST_CASE("a bad epoch is kept until as many newer ones stand as are kept") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  for (int const superstep : {3, 4}) pel::test::write_sample(directory, superstep, 1);

  directory.keep_as_bad(directory.epochs().at(0), "digest");
  CHECK(names_in(scratch.path()) == Names{"bad-000000004-digest", "epoch-000000003"});
  CHECK(supersteps(directory) == Numbers{3});
  pel::test::write_sample(directory, 4, 1);
  directory.keep_as_bad(directory.epochs().at(0), "digest");
  CHECK(names_in(scratch.path()) == Names{"bad-000000004-digest", "bad-000000004-digest-2", "epoch-000000003"});

  directory.retain(0, always);  // one at least
  CHECK(names_in(scratch.path()) == Names{"bad-000000004-digest", "bad-000000004-digest-2", "epoch-000000003"});

  pel::test::write_sample(directory, 5, 1);
  directory.retain(2, always);
  CHECK(names_in(scratch.path()) ==
        Names{"bad-000000004-digest", "bad-000000004-digest-2", "epoch-000000003", "epoch-000000005"});

  pel::test::write_sample(directory, 6, 1);
  directory.retain(2, always);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000005", "epoch-000000006"});
}

TEST_CASE("what is pinned stays, and leaves the others their places") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  for (int const superstep : {1, 2, 3, 4}) pel::test::write_sample(directory, superstep, 1);

  CheckpointDirectory::pin({2, directory.committed(2)});
  CheckpointDirectory::pin({4, directory.committed(4)});
  directory.retain(1, always);
  CHECK(supersteps(directory) == Numbers{4, 3, 2});
  directory.verify({2, directory.committed(2)});

  CHECK(directory.set_aside() == 3);
  pel::test::write_sample(directory, 0, 1);
  directory.retain(1, always);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000000", "old-000000002", "old-000000004"});

  CheckpointDirectory::unpin({2, scratch.path() / "old-000000002"});
  directory.retain(1, always);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000000", "old-000000004"});
}

TEST_CASE("to make space only what is older than an epoch that was read back is deleted") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  for (int const superstep : {1, 2, 3, 4}) pel::test::write_sample(directory, superstep, 1);
  CheckpointDirectory::pin({1, directory.committed(1)});
  auto const damage = [&](std::int64_t superstep) {
    fs::resize_file(directory.committed(superstep) / "part-00000.h5", 9);
  };

  damage(4);
  CHECK(directory.make_space(always));
  CHECK(names_in(scratch.path()) == Names{"bad-000000004-size", "epoch-000000001", "epoch-000000003"});
  CHECK_FALSE(directory.make_space(always));

  damage(3);
  damage(1);
  CHECK_FALSE(directory.make_space(always));
  CHECK(names_in(scratch.path()) == Names{"bad-000000004-size", "epoch-000000001", "epoch-000000003"});
}

TEST_CASE("the bytes of an epoch are those of all its files") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  pel::test::write_sample(directory, 1, 3);
  auto const epoch = directory.epochs().at(0);

  std::uintmax_t bytes = 0;
  for (auto const& name : names_in(epoch.directory)) bytes += fs::file_size(epoch.directory / name);

  CHECK(directory.bytes(epoch) == bytes);
  CHECK(directory.bytes({7, scratch.path() / "missing"}) == 0);
}

TEST_CASE("an epoch that is whole passes verification, one with a flipped bit does not") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  auto const manifest = pel::test::write_sample(directory, 1, 2);
  auto const epoch = directory.epochs().at(0);

  directory.verify(epoch);
  pel::test::flip_bit(epoch.directory / "part-00001.h5", manifest.parts[1].metadata_bytes + 5);

  CHECK_THROWS_AS(directory.verify(epoch), pel::store::Damaged);
}
