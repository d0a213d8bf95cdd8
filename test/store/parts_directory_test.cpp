#include "store/parts_directory.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "pel/error.hpp"
#include "store/result_name.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using namespace pel::store;

namespace {

void put(fs::path const& path, std::string const& text) { std::ofstream(path) << text; }

void write_part(std::string const& path, std::string const& name) { put(temporary_part(path, name), name); }

std::string fresh() {
  static int n = 0;
  return (pel::test::scratch() / ("parts-" + std::to_string(n++))).string() + "/";
}

std::size_t files_in(std::string const& path) {
  std::size_t n = 0;
  for (auto at = fs::directory_iterator(path); at != fs::directory_iterator(); ++at) ++n;
  return n;
}

}  // namespace

TEST_CASE("names of parts are in the order of their numbers") {
  CHECK(part_name(17, 64, ".txt") == "part-00017.txt");
  CHECK(part_name(0, 1, ".bin.gz") == "part-00000.bin.gz");
  CHECK(part_name(99'999, 100'000, ".csv") == "part-99999.csv");
  CHECK(part_name(7, 100'001, ".csv") == "part-000007.csv");
  CHECK(part_name(100'000, 100'001, ".csv") > part_name(99'999, 100'001, ".csv"));
}

TEST_CASE("a name says what form a result has, and which cannot be") {
  CHECK(asks_for_parts("a/"));
  CHECK_FALSE(asks_for_parts("a/b"));
  CHECK(without_packing("a.tsv.gz") == "a.tsv");
  CHECK(without_packing("a.zst") == "a");
  CHECK(without_packing("gz") == "gz");
  CHECK(is_hdf5_name("a.h5"));
  CHECK(is_hdf5_name("a.hdf5"));
  CHECK_FALSE(is_hdf5_name("h5"));
  CHECK_FALSE(is_hdf5_name("a.h5/"));
  CHECK(is_hdf5_result("a.h5"));
  CHECK(is_hdf5_result("a.hdf5//"));
  CHECK_FALSE(is_hdf5_result("a.h5/b"));
  CHECK(hdf5_ending("a.b/c.h5//") == ".h5");
  CHECK(hdf5_ending("c.hdf5") == ".hdf5");
  for (auto const* const path : {"a.txt", "a.h5", "a.gz", "a/", "a.gz/", "a.h5/b.txt", "a.h5/", "a.hdf5//"})
    CHECK(problem_of_name(path).empty());
  for (auto const* const path : {"a.hdf5.gz", "a.h5.zst/", "a.h5.partial/", "./", "a/../", "/", "a.partial/"})
    CHECK_FALSE(problem_of_name(path).empty());
}

TEST_CASE("parts are there once they are published, and take the place of other parts") {
  auto const path = fresh();
  create_parts(path);
  write_part(path, "part-00000.txt");
  write_part(path, "part-00001.txt");
  CHECK_FALSE(fs::exists(path));
  publish_parts(path);
  CHECK(files_in(path) == 2);

  create_parts(path);
  write_part(path, "part-00000.csv.gz");
  CHECK(files_in(path) == 2);
  publish_parts(path);
  CHECK(files_in(path) == 1);
  CHECK(fs::exists(path + "part-00000.csv.gz"));
  CHECK_FALSE(fs::exists(temporary_part(path, "").parent_path()));
}

TEST_CASE("what is discarded leaves nothing, and what a killed job left is no hindrance") {
  auto const path = fresh();
  create_parts(path);
  write_part(path, "part-00000.txt");
  create_parts(path);  // as the next job would
  CHECK_FALSE(fs::exists(temporary_part(path, "part-00000.txt")));
  write_part(path, "part-00000.txt");
  discard_parts(path);
  discard_parts(path);
  CHECK_FALSE(fs::exists(temporary_part(path, "").parent_path()));
  must_take_parts(path);
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("nothing but parts is replaced") {
  for (std::string const name : {"notes.txt", "part-1.txt", "part-00000.txt.bak", "part-00000", ".hidden"}) {
    CAPTURE(name);
    auto const path = fresh();
    fs::create_directory(path);
    must_take_parts(path);  // an empty one will do
    put(path + name, "mine");
    CHECK_THROWS_AS(must_take_parts(path), pel::WriteFailed);
    CHECK_THROWS_AS(create_parts(path), pel::WriteFailed);
    CHECK(files_in(path) == 1);
  }
  auto const path = fresh(), target = fresh();
  fs::create_directory(target);
  fs::create_directory_symlink(target, path.substr(0, path.size() - 1));
  CHECK_THROWS_AS(create_parts(path), pel::WriteFailed);
  auto const nested = fresh();
  fs::create_directories(nested + "part-00000.txt");
  CHECK_THROWS_AS(create_parts(nested), pel::WriteFailed);
  // Nor under the temporary name.
  auto const other = fresh();
  create_parts(other);
  put(temporary_part(other, "mine"), "mine");
  CHECK_THROWS_AS(create_parts(other), pel::WriteFailed);
  discard_parts(other);
  CHECK(fs::exists(temporary_part(other, "mine")));
  CHECK_THROWS_AS(must_take_parts(fresh() + "missing/"), pel::WriteFailed);
}

TEST_CASE("parts of HDF5 and all others do not take each other's place") {
  auto const plain = fresh();
  auto hdf5 = fresh();
  hdf5.insert(hdf5.size() - 1, ".h5");
  for (auto const& [path, name, other] :
       {std::array{plain, std::string("part-00000.txt"), std::string("part-00000.h5")},
        {hdf5, "part-00000.h5", "part-00000.txt"}}) {
    CAPTURE(path);
    create_parts(path);
    write_part(path, name);
    create_parts(path);  // a job was killed
    CHECK_FALSE(fs::exists(temporary_part(path, name)));
    write_part(path, name);
    publish_parts(path);
    must_take_parts(path);
    fs::rename(path + name, path + other);
    CHECK_THROWS_AS(must_take_parts(path), pel::WriteFailed);
    CHECK(files_in(path) == 1);
  }
}

TEST_CASE("what appears beside parts on the way is not removed") {
  auto const path = fresh();
  create_parts(path);
  write_part(path, "part-00000.txt");
  fs::create_directory(path);
  put(path + "mine", "mine");
  CHECK_THROWS_AS(publish_parts(path), pel::WriteFailed);
  CHECK(files_in(path) == 1);
}

TEST_CASE("parts take the place of others also where two names cannot be exchanged") {
  auto const path = fresh();
  fs::create_directory(path);
  put(path + "part-00000.txt", "old");
  auto const old = path.substr(0, path.size() - 1) + ".partial.old";
  fs::create_directory(old);
  put(old + "/part-00000.txt", "of a job that was killed");
  create_parts(path);
  write_part(path, "part-00000.txt");
  write_part(path, "part-00001.txt");
  publish_parts_in_steps(path);
  CHECK(files_in(path) == 2);
  CHECK_FALSE(fs::exists(old));
  CHECK_FALSE(fs::exists(temporary_part(path, "").parent_path()));

  CHECK_THROWS_AS(publish_parts_in_steps(path), pel::WriteFailed);  // there are none
  CHECK(files_in(path) == 2);
  CHECK_FALSE(fs::exists(old));
}

TEST_CASE("a mount point is refused beforehand") {
  try {
    must_take_parts("/proc/");
    FAIL("it was taken");
  } catch (pel::WriteFailed const& error) {
    CHECK(std::string(error.what()).find("mount point") != std::string::npos);
  }
}
