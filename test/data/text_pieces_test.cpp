// A text that is longer than what a rank holds of it.
#include "data/text_pieces.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/flow.hpp"
#include "data/text_file.hpp"
#include "engine/memory.hpp"
#include "run_datasets.hpp"

using namespace pel::test;
using pel::Job;
using pel::data::TextPieces;

namespace fs = std::filesystem;

TEST_CASE("a long text waits beside its file, without a name, and does not count as spilled") {
  auto const directory = fresh_path(".d");
  if (rank() == 0) fs::create_directories(directory);
  meet();
  auto const letter = [](std::size_t i) { return static_cast<char>('a' + i % 26); };
  auto const done = run_datasets({}, [&](Job& job) {
    auto const memory = pel::flow_of(job)->memory();
    TextPieces text(memory, directory);
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < 50; ++i) {
      text.add(std::string(std::size_t{1} << 20U, letter(i)));
      most = std::max(most, memory->kept());
    }
    text.finish();
    CHECK(most < std::uint64_t{40} << 20U);
    CHECK(text.bytes() == std::uint64_t{50} << 20U);
    CHECK(fs::is_empty(directory));
    for (int again = 0; again < 2; ++again) {
      std::size_t at = 0;
      bool right = true;
      text.show(
          [&](std::string_view piece) { right = right && piece == std::string(std::size_t{1} << 20U, letter(at++)); });
      CHECK(right);
      CHECK(at == 50);
    }
    pel::write_once(job, job.output(), [](auto& out) { out << "done\n"; });
  });
  CHECK(done.text == "done\n");
  CHECK(done.summary.find("\"spilled_bytes\": 0") != std::string::npos);
  CHECK(fs::is_empty(directory));
}

TEST_CASE("a text that is let go leaves no memory counted") {
  (void)run_datasets({}, [&](Job& job) {
    auto const memory = pel::flow_of(job)->memory();
    {
      TextPieces text(memory, ".");
      text.add("a few letters");
      TextPieces taken = std::move(text);
      CHECK(memory->kept() == 13);
    }
    CHECK(memory->kept() == 0);
    CHECK_FALSE(memory->has_much_text());
    pel::write_once(job, job.output(), [](auto& out) { out << "done\n"; });
  });
}

TEST_CASE("a text that goes nowhere is not held") {
  for (std::vector<std::string> const& paths : {std::vector<std::string>{}, {"a.txt"}}) {
    (void)run_datasets({"--partitions", "7"}, [&](Job& job) {
      auto& flow = *pel::flow_of(job);
      pel::data::TextFile file(flow, paths);
      flow.superstep(
          "text", [&](pel::data::Step& step) { file.take(step, "seven letters of each partition\n", 1); },
          [&](pel::data::Contributions all) { file.learn(all); });
      CHECK(file.elements() == 7);
      CHECK((flow.memory()->kept() > 0) == !paths.empty());
      pel::write_once(job, job.output(), [](auto& out) { out << "done\n"; });
    });
  }
}
