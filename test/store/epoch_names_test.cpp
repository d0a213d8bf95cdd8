#include "store/epoch_names.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <utility>

#include "pel/error.hpp"
#include "sample_checkpoint.hpp"

namespace fs = std::filesystem;
namespace names = pel::store::epoch_names;
using pel::store::incarnation_in;
using pel::store::numbered;
using pel::store::superstep_in;

TEST_CASE("names sort as supersteps do, and grow beyond nine digits") {
  CHECK(numbered(names::committed, 12) == "epoch-000000012");
  CHECK(numbered(names::committed, 999999999) < numbered(names::trash, 0));
  CHECK(numbered(names::committed, 2) < numbered(names::committed, 10));
  CHECK(numbered(names::committed, 1234567890) == "epoch-1234567890");
}

TEST_CASE("a superstep is read from names with and without an end, of that kind only") {
  CHECK(superstep_in("epoch-000000012", names::committed) == 12);
  CHECK(superstep_in("epoch-1234567890", names::committed) == 1234567890);
  CHECK(superstep_in("trash-000000012-2", names::trash) == 12);
  CHECK(superstep_in("tmp-000000012-i0003", names::temporary) == 12);
  CHECK(superstep_in("bad-000000008-digest-2", names::bad) == 8);
  for (auto const* const name : {"", "epoch-", "epoch-12", "epoch-00000000x", "epoch-00000001x", "epoch--00000001",
                                 "epoch000000012", "my-epoch-000000012", "epoch-99999999999999999999", "old-000000012"})
    CHECK_FALSE(superstep_in(name, names::committed));
}

TEST_CASE("an incarnation is read from names of epochs being written") {
  CHECK(incarnation_in("tmp-000000012-i0003") == 3);
  CHECK(incarnation_in("tmp-1234567890-i12345") == 12345);
  CHECK(incarnation_in("tmp-000000012-i0000") == 0);
  for (auto const* const name :
       {"tmp-000000012", "tmp-000000012-", "tmp-000000012-i", "tmp-000000012-i-3", "tmp-000000012-i3x", "tmp-12-i0003",
        "tmp-000000012-2-i0003", "epoch-000000012-i0003", "tmp-000000012-i99999999999"})
    CHECK_FALSE(incarnation_in(name));
}

TEST_CASE("a free name is the first that is not taken, by a directory or by a file") {
  pel::test::TemporaryDirectory const scratch;
  auto const free = [&] { return pel::store::free_name(scratch.path(), names::bad, 8, "-digest").filename(); };

  CHECK(free() == "bad-000000008-digest");
  fs::create_directory(scratch.path() / free());
  CHECK(free() == "bad-000000008-digest-2");
  pel::test::write_text(scratch.path() / free(), "");
  CHECK(free() == "bad-000000008-digest-3");
  CHECK(pel::store::free_name(scratch.path(), names::trash, 8).filename() == "trash-000000008");
}

TEST_CASE("directories are listed, files are not, and what is missing has none") {
  pel::test::TemporaryDirectory const scratch;
  fs::create_directory(scratch.path() / "one");
  pel::test::write_text(scratch.path() / "two", "");

  CHECK(pel::store::directories_in(scratch.path()) == std::vector{scratch.path() / "one"});
  CHECK(pel::store::directories_in(scratch.path() / "missing").empty());
}

TEST_CASE("a directory that is there and cannot be listed is an error, not an empty one") {
  pel::test::TemporaryDirectory const scratch;
  auto const file = scratch.path() / "file", circle = scratch.path() / "circle";
  pel::test::write_text(file, "");
  fs::create_symlink("circle", circle);

  for (auto const& [path, code] : {std::pair{file, ENOTDIR}, std::pair{circle, ELOOP}}) try {
      static_cast<void>(pel::store::directories_in(path));
      FAIL("listed " << path);
    } catch (pel::WriteFailed const& error) {
      CHECK(error.code == code);
      CHECK(error.path == path.string());
    }
}
