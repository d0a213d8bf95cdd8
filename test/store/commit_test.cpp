// How an epoch appears: in which order, once, and what becomes of one that is there already.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "pel/error.hpp"
#include "sample_checkpoint.hpp"
#include "store/checkpoint.hpp"

namespace fs = std::filesystem;
using pel::store::CheckpointDirectory;
using pel::test::names_in;
using pel::test::TemporaryDirectory;

namespace {

using Names = std::vector<std::string>;

void flip_payload(CheckpointDirectory const& directory, pel::store::Manifest const& manifest) {
  auto const& part = manifest.parts.at(0);
  pel::test::flip_bit(directory.committed(manifest.superstep) / part.file, part.metadata_bytes);
}

}  // namespace

TEST_CASE("an epoch appears by the rename, when its index and its manifest are there") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path(), 1);
  auto const manifest = pel::test::write_sample_parts(directory, 4, 2);
  auto const temporary = scratch.path() / "tmp-000000004-i0001";
  Names order, before_rename;
  std::optional<std::size_t> asked_after;

  bool const ours = directory.commit(
      manifest,
      [&](char const* point) {
        order.emplace_back(point);
        bool const appeared = !directory.epochs().empty();
        CHECK(appeared == (order.size() > 4));
        if (order.back() == "index") CHECK(fs::exists(temporary / "index.h5"));
        if (order.back() == "manifest") CHECK(fs::exists(temporary / "MANIFEST.json"));
        if (order.back() == "before_rename") before_rename = names_in(temporary);
      },
      [&] { asked_after = order.size(); });

  CHECK(ours);
  CHECK(order == Names{"index", "manifest", "dir_synced", "before_rename", "renamed", "committed"});
  CHECK(asked_after == 4);
  CHECK(before_rename == Names{"MANIFEST.json", "index.h5", "part-00000.h5", "part-00001.h5"});
  CHECK(names_in(scratch.path()) == Names{"epoch-000000004"});
}

TEST_CASE("who may not commit leaves no epoch") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path(), 1);
  auto const manifest = pel::test::write_sample_parts(directory, 4, 2);
  auto const refuse = [] { throw pel::LostLease("ckpt", 1, 2); };

  CHECK_THROWS_AS(directory.commit(
                      manifest, [](char const*) {}, refuse),
                  pel::LostLease);

  CHECK(names_in(scratch.path()) == Names{"tmp-000000004-i0001"});
}

TEST_CASE("an epoch of the same superstep that is whole and this job's stays") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const before(scratch.path(), 1), directory(scratch.path(), 2);
  pel::test::write_sample(before, 4, 2, 0);

  auto const manifest = pel::test::write_sample_parts(directory, 4, 3, 5);
  bool const ours = pel::test::commit(directory, manifest);

  CHECK_FALSE(ours);
  CHECK(pel::test::reads_back(directory, 0));
  CHECK(names_in(scratch.path()) == Names{"epoch-000000004"});
}

TEST_CASE("an epoch that appears when who may commit has been asked is left alone where it is whole") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const zombie(scratch.path(), 1), successor(scratch.path(), 2);
  auto const manifest = pel::test::write_sample_parts(zombie, 4, 3, 0);
  auto const paused = [&] { pel::test::write_sample(successor, 4, 2, 0); };

  bool const ours = zombie.commit(
      manifest, [](char const*) {}, paused);

  CHECK_FALSE(ours);
  CHECK(pel::test::reads_back(successor, 0));
  CHECK(names_in(scratch.path()) == Names{"epoch-000000004"});
}

TEST_CASE("who may commit is asked again before a damaged epoch makes room") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const zombie(scratch.path(), 1), successor(scratch.path(), 2);
  auto const manifest = pel::test::write_sample_parts(zombie, 4, 3, 0);
  flip_payload(successor, pel::test::write_sample(successor, 4, 2, 0));
  int asked = 0;
  auto const lost_meanwhile = [&] {
    if (++asked == 2) throw pel::LostLease("ckpt", 1, 2);
  };

  CHECK_THROWS_AS(zombie.commit(
                      manifest, [](char const*) {}, lost_meanwhile),
                  pel::LostLease);

  CHECK(asked == 2);
  CHECK(names_in(scratch.path()) == Names{"epoch-000000004", "tmp-000000004-i0001"});
}

TEST_CASE("a damaged epoch of the same superstep makes room and is kept as bad") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path(), 2);
  flip_payload(directory, pel::test::write_sample(directory, 4, 2, 0));

  auto const manifest = pel::test::write_sample_parts(directory, 4, 3, 5);
  bool const ours = pel::test::commit(directory, manifest);

  CHECK(ours);
  CHECK(pel::test::reads_back(directory, 5));
  CHECK(names_in(scratch.path()) == Names{"bad-000000004-replaced", "epoch-000000004"});
}

TEST_CASE("another job's epoch of the same superstep makes room") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path(), 2);
  pel::test::write_sample(directory, 4, 2, 0);

  auto manifest = pel::test::write_sample_parts(directory, 4, 1, 5);
  manifest.identity[1].second = "2";
  bool const ours = pel::test::commit(directory, manifest);

  CHECK(ours);
  CHECK(directory.read_manifest(directory.epochs().at(0)).identity == manifest.identity);
  CHECK(names_in(scratch.path()) == Names{"bad-000000004-replaced", "epoch-000000004"});
}

TEST_CASE("a part that is not what its rank says it wrote is not committed") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  auto const manifest = pel::test::write_sample_parts(directory, 4, 2);
  auto const part = directory.begin(4) / manifest.parts[1].file;
  pel::test::flip_bit(part, manifest.parts[1].table_places[0].offset);

  try {
    pel::test::commit(directory, manifest);
    FAIL("the damage was not seen");
  } catch (pel::WriteFailed const& failed) {
    CHECK(failed.path == part.string());
  }
  CHECK(directory.epochs().empty());
}

TEST_CASE("an epoch that lacks partitions is not committed") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  auto manifest = pel::test::write_sample_parts(directory, 4, 2);
  manifest.parts.pop_back();

  CHECK_THROWS_AS(pel::test::commit(directory, manifest), pel::InternalError);

  CHECK(directory.epochs().empty());
}
