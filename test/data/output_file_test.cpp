// What a job writes: plain, packed and in parts, complete or absent, with the same bytes on any ranks.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/packing.hpp"
#include "parts.hpp"
#include "pel/csv.hpp"
#include "pel/dataset.hpp"
#include "pel/error.hpp"
#include "run_datasets.hpp"
#include "store/result_file.hpp"

using namespace pel::test;
using pel::Job;

namespace {

namespace fs = std::filesystem;

constexpr auto write_text = [](auto const& element, auto& out) { out << element << '\n'; };

// Texts in 64 partitions, of which some have none, the first among them.
Parts<std::string> texts(std::uint32_t partitions = 64) {
  auto parts = as_texts(odd_layouts(partitions)[5]);
  parts[0].clear();
  return parts;
}

std::string lines_of(std::vector<std::string> const& texts) {
  std::string all;
  for (auto const& text : texts) all += text + '\n';
  return all;
}

std::string packed(std::string const& text, pel::data::Packing packing) {
  std::string all;
  auto const keep = [&](std::span<std::byte const> bytes) {
    all.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
  };
  pel::data::Packer packer(packing);
  packer.add(std::as_bytes(std::span(text)), keep);
  packer.finish(keep);
  return all;
}

// Writes the lines to a path beside the plain one. Collective: all ranks.
Done write_lines(Parts<std::string> const& parts, std::string const& path, Words const& more = {}) {
  return run_datasets(with({"--output", path}, more),
                      [&](Job& job) { given(job, parts).write_lines(job.output(), write_text); });
}

// What comes of reading the paths. Collective: all ranks.
std::vector<std::string> read(std::string const& path) {
  std::vector<std::string> all;
  (void)run_datasets({}, [&](Job& job) { all = pel::read_lines(job, {path}).collect(); });
  return all;
}

std::vector<std::string> names_in(std::string const& directory) {
  std::vector<std::string> names;
  for (auto const& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

bool nothing_is_left_of(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return !fs::exists(path) && !fs::exists(pel::store::temporary_of(path));
}

struct Row {
  std::int64_t id;
  double price;
  friend bool operator==(Row const&, Row const&) = default;
};

}  // namespace

TEST_CASE("a packed file has a member for each partition with a text, and reads back") {
  using pel::data::Packing;
  auto const parts = texts();
  auto const plain = run_datasets({}, [&](Job& job) { given(job, parts).write_lines(job.output(), write_text); });
  CHECK(plain.text == lines_of(all_of(parts)));
  for (auto const packing : {Packing::gzip, Packing::zstd}) {
    std::string expected = packed("", packing);
    for (auto const& part : parts)
      if (!part.empty()) expected += packed(lines_of(part), packing);
    for (Words const& more : {Words{}, Words{"--threads", "2"}, Words{"--memory", "64K"}}) {
      auto const path = fresh_path(std::string(".txt") + pel::data::ending_of(packing));
      auto const done = write_lines(parts, path, more);
      CHECK(done == plain);  // also the digest
      CHECK(contents_of(path) == expected);
      CHECK(read(path) == all_of(parts));
    }
  }
}

TEST_CASE("a directory has a part for each partition, and reads back in order") {
  auto const parts = texts();
  auto const plain = run_datasets({}, [&](Job& job) { given(job, parts).write_lines(job.output(), write_text); });
  for (std::string const ending : {"/", ".d//", ".gz/", ".zst/"})
    for (std::string const threads : {"1", "2"}) {
      auto const path = fresh_path(ending);
      CHECK(write_lines(parts, path, {"--threads", threads}) == plain);
      auto const names = names_in(path);
      REQUIRE(names.size() == 64);
      auto const packing = pel::data::packing_of(ending.substr(0, ending.find('/')));
      for (std::size_t p = 0; p < parts.size(); ++p) {
        auto const number = std::to_string(p);
        CHECK(names[p] ==
              "part-" + std::string(5 - number.size(), '0') + number + ".txt" + pel::data::ending_of(packing));
        auto const text = lines_of(parts[p]);
        CHECK(contents_of(path + names[p]) == (packing == pel::data::Packing::none ? text : packed(text, packing)));
      }
      CHECK(read(path) == all_of(parts));
      CHECK_FALSE(fs::exists(pel::store::temporary_of(path.substr(0, path.find_last_not_of('/') + 1))));
    }
}

TEST_CASE("no element at all is a file that can be read, too") {
  Parts<std::string> const none(64);
  for (std::string const ending : {".gz", ".zst", "/", ".gz/"}) {
    auto const path = fresh_path(ending);
    (void)write_lines(none, path);
    CHECK(read(path).empty());
  }
}

TEST_CASE("rows of CSV have their names in each part, and are read back from all forms") {
  auto const parts = odd_layouts(64)[5];
  std::string digest;
  for (std::string const ending : {".csv", "/", ".csv.gz", ".csv.zst", ".zst/"}) {
    auto const path = fresh_path(ending);
    std::vector<Row> written, found;
    auto const done = run_datasets({"--output", path}, [&](Job& job) {
      auto const rows = given(job, parts).map([](std::int64_t n) { return Row{n, static_cast<double>(n) / 7}; });
      written = rows.collect();
      pel::write_csv(rows, job.output(), pel::column("id", &Row::id), pel::column("price", &Row::price));
    });
    if (digest.empty()) digest = done.digest;
    CHECK(done.digest == digest);
    CHECK(done.text.starts_with("id,price\n"));
    (void)run_datasets({}, [&](Job& job) {
      found = pel::read_csv<Row>(job, {path}, pel::column("id", &Row::id), pel::column("price", &Row::price)).collect();
    });
    CHECK(found == written);
    if (ending == "/") {
      CHECK(contents_of(path + "part-00000.csv").starts_with("id,price\n"));
      CHECK(contents_of(path + "part-00063.csv").starts_with("id,price\n"));
    }
  }
}

TEST_CASE("records and tables go to all forms, too") {
  auto const parts = odd_layouts(64)[5];
  std::string digest;
  for (std::string const ending : {".bin", "/", ".bin.gz", ".gz/", ".zst"}) {
    auto const path = fresh_path(ending);
    std::vector<std::int64_t> found;
    auto const done =
        run_datasets({"--output", path}, [&](Job& job) { given(job, parts).write_records(job.output()); });
    if (digest.empty()) digest = done.digest;
    CHECK(done.digest == digest);
    (void)run_datasets({}, [&](Job& job) { found = pel::read_records<std::int64_t>(job, {path}).collect(); });
    CHECK(found == all_of(parts));
  }
  auto const in_parts = fresh_path("/"), table = fresh_path(".h5");
  auto const both =
      run_datasets({"--output", in_parts, "--output", table}, [&](Job& job) { given(job, parts).write(job.output()); });
  CHECK(contents_of(in_parts + "part-00005.txt") == [&] {
    std::string text;
    for (auto const n : parts[5]) text += std::to_string(n) + '\n';
    return text;
  }());
  CHECK(fs::exists(table));
}

TEST_CASE("a failure in the middle leaves nothing, and what was there stays") {
  auto const parts = odd_layouts(64)[5];
  auto const fail = [&](std::string const& path) {
    std::atomic<int> times{0};  // elements are counted, then written
    CHECK_THROWS_AS(
        run_datasets({"--output", path},
                     [&](Job& job) {
                       given(job, parts)
                           .map_partitions<std::int64_t>([&](auto block, auto emit) {
                             for (auto const n : block) emit(n);
                             if (std::equal(block.begin(), block.end(), parts[40].begin(), parts[40].end()) &&
                                 ++times == 2)
                               throw std::runtime_error("now");
                           })
                           .write_records(job.output());
                     }),
        pel::KernelFailed);
    meet();
  };
  for (std::string const ending : {".bin", ".gz", "/", ".zst/"}) {
    CAPTURE(ending);
    auto const path = fresh_path(ending);
    fail(path);
    CHECK(nothing_is_left_of(path));

    (void)run_datasets({"--output", path}, [&](Job& job) { given(job, parts).write_records(job.output()); });
    auto const file = ending.ends_with('/') ? path + names_in(path)[40] : path;
    auto const before = contents_of(file);
    meet();
    fail(path);
    CHECK(contents_of(file) == before);
    meet();
  }
}

TEST_CASE("parts take the place of parts, of all of them") {
  auto const path = fresh_path("/");
  (void)write_lines(texts(64), path);
  CHECK(names_in(path).size() == 64);
  meet();
  auto const few = texts(7);
  (void)write_lines(few, path, {"--partitions", "7"});
  CHECK(names_in(path).size() == 7);
  CHECK(read(path) == all_of(few));
  auto const beside = path.substr(0, path.size() - 1);
  CHECK_FALSE(fs::exists(pel::store::temporary_of(beside)));
}

TEST_CASE("a directory with anything else is refused before anything runs, and stays as it is") {
  auto const path = fresh_path("/"), file = fresh_path(".txt");
  if (rank() == 0) {
    fs::create_directory(path);
    std::ofstream(path + "notes.txt") << "mine";
    std::ofstream(file) << "mine";
  }
  meet();
  bool ran = false;
  auto const body = [&](Job& job) {
    given(job, texts()).filter([&](std::string_view) { return ran = true; }).write_lines(job.output(), write_text);
  };
  for (auto const& name : {path, file + "/"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(run_datasets({"--output", name}, body), pel::WriteFailed);
  }
  CHECK_FALSE(ran);
  CHECK(contents_of(path + "notes.txt") == "mine");
  CHECK(contents_of(file) == "mine");
  // One that the program names itself, when it comes to it.
  CHECK_THROWS_AS(run_datasets({}, [&](Job& job) { given(job, texts()).write_lines({path}, write_text); }),
                  pel::WriteFailed);
  CHECK(names_in(path) == std::vector<std::string>{"notes.txt"});
}

TEST_CASE("names that cannot be are refused as wrong usage") {
  auto const body = [](Job& job) { given(job, texts()).write(job.output()); };
  for (std::string const ending : {".h5.gz", ".hdf5.zst", ".h5.zst/"}) {
    CAPTURE(ending);
    auto const path = fresh_path(ending);
    CHECK_THROWS_AS(run_datasets({"--output", path}, body), pel::UsageError);
    CHECK_THROWS_AS(run_datasets({}, [&](Job& job) { given(job, texts()).write({path}); }), pel::UsageError);
    CHECK(nothing_is_left_of(path));
  }
  auto const path = fresh_path("");
  CHECK_THROWS_AS(run_datasets({"--output", path, "--output", path + "/"}, body), pel::UsageError);
}
