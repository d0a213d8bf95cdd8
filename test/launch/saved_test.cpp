#include "launch/saved.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::launch::homes_in;
using pel::launch::in_words;
using pel::launch::Saved;
using pel::launch::saved_in;

namespace {

// A directory of checkpoints with these epochs, each committed a second after the one before.
fs::path checkpoints(char const* name, std::vector<std::string> const& epochs) {
  auto const path = pel::test::scratch() / name;
  auto time = fs::file_time_type::clock::now();
  fs::create_directories(path / "lease");
  for (auto const& epoch : epochs) {
    fs::create_directories(path / epoch);
    fs::last_write_time(path / epoch, time += std::chrono::seconds(1));
  }
  return path;
}

}  // namespace

TEST_CASE("the checkpoints of the one run of a job") {
  auto const path = checkpoints("one", {"epoch-000000003", "epoch-000000007", "tmp-000000009-i0001"});

  auto const saved = saved_in(path);

  CHECK(saved.superstep() == 7);
  CHECK(saved.last.empty());
  CHECK(in_words(saved) == "checkpoint 7");
  CHECK(homes_in(path) == std::vector{path});
}

TEST_CASE("runs with names have their checkpoints in folders of their own") {
  auto const path = checkpoints("named", {"sort/epoch-000000007", "sort/epoch-000000009", "merge/epoch-000000002"});

  auto const saved = saved_in(path);

  CHECK(saved.newest.size() == 2);
  CHECK(saved.newest.at("sort") == 9);
  CHECK(saved.last == "merge");
  CHECK(saved.superstep() == 2);
  CHECK(in_words(saved) == "checkpoint 2 of run merge");
  CHECK(homes_in(path) == std::vector{path / "merge", path / "sort"});
}

TEST_CASE("a directory without a checkpoint, and none at all") {
  for (auto const& path : {checkpoints("empty", {"bad-000000003-digest"}), pel::test::scratch() / "none"}) {
    auto const saved = saved_in(path);

    CHECK_FALSE(saved.any());
    CHECK(saved.superstep() == -1);
    CHECK(in_words(saved) == "no checkpoint");
    CHECK(homes_in(path) == std::vector{path});
  }
}

TEST_CASE("a job has got on if a run of it has") {
  Saved const none{}, sorting{{{"sort", 9}}, "sort"}, merging{{{"sort", 9}, {"merge", 2}}, "merge"};

  CHECK(sorting.beyond(none));
  CHECK(merging.beyond(sorting));
  CHECK_FALSE(merging.beyond(merging));
  CHECK_FALSE(sorting.beyond(merging));
  CHECK_FALSE(none.beyond(none));
  CHECK(Saved{{{"sort", 10}}, "sort"}.beyond(sorting));
}
