// Datasets that are used more than once, and jobs of datasets that fail.
#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pel/dataset.hpp"
#include "pel/error.hpp"
#include "run_datasets.hpp"

using namespace pel::test;
using pel::Dataset;
using pel::Entry;
using pel::Job;

namespace {

constexpr auto write_entry = [](auto const& entry, auto& out) { out << entry.key << ' ' << entry.value << '\n'; };
constexpr auto write_element = [](auto const& element, auto& out) { out << element << '\n'; };
constexpr auto cut = [](auto const& line, auto const& emit) {
  for (auto const word : pel::data::words(line)) emit(word);
};

std::string some_text() {
  std::string text;
  for (std::uint64_t i = 0; i < 4000; ++i)
    text += "w" + std::to_string(pel::base::mix64(i) % 700) + (i % 13 == 0 ? "\n" : " ");
  return text;
}

auto words_of(Job& job, std::string const& path) {
  return pel::read_lines(job, {path}).flat_map<std::string_view>(cut);
}
auto counts_of(Job& job, std::string const& path) {
  return words_of(job, path).reduce_by_key(pel::itself, pel::how_many);
}

std::string file_beside(Job& job, std::string const& name) { return job.output().front() + name; }

// Files that are neither inputs nor there before.
std::vector<std::string> files() {
  std::vector<std::string> names;
  for (auto const& entry : std::filesystem::directory_iterator(scratch())) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("a dataset used twice gives each time what one gives that is used once") {
  auto const path = text_file(some_text());
  for (auto const& shape : dataset_shapes()) {
    auto const words =
        run_datasets(shape.options(), [&](Job& job) { words_of(job, path).write_lines(job.output(), write_element); });
    auto const counts =
        run_datasets(shape.options(), [&](Job& job) { counts_of(job, path).write_lines(job.output(), write_entry); });
    std::string again, of_words, of_counts;

    auto const done = run_datasets(shape.options(), [&](Job& job) {
      Dataset<std::string> const all = words_of(job, path);
      auto const counted = all.reduce_by_key(pel::itself, pel::how_many);
      all.write_lines({again = file_beside(job, ".again")}, write_element);
      counted.write_lines({of_counts = file_beside(job, ".counts")}, write_entry);
      counted.write_lines(job.output(), write_entry);
      all.write_lines({of_words = file_beside(job, ".words")}, write_element);
    });

    CHECK(done.text == counts.text);
    CHECK(contents_of(of_counts) == counts.text);
    CHECK(contents_of(again) == words.text);
    CHECK(contents_of(of_words) == words.text);
  }
}

TEST_CASE("a stream under a name is used as often as one likes, over a wide verb too") {
  auto const path = text_file(some_text());
  auto const is_often = [](auto const& entry) { return entry.value > 5; };
  for (auto const& shape : dataset_shapes()) {
    auto const once = run_datasets(shape.options(), [&](Job& job) {
      counts_of(job, path).filter(is_often).write_lines(job.output(), write_entry);
    });
    std::string first;
    auto const twice = run_datasets(shape.options(), [&](Job& job) {
      auto const often = counts_of(job, path).filter(is_often);
      often.write_lines({first = file_beside(job, ".first")}, write_entry);
      often.write_lines(job.output(), write_entry);
    });
    CHECK_FALSE(once.text.empty());
    CHECK(contents_of(first) == once.text);
    CHECK(twice.text == once.text);
  }
}

TEST_CASE("two results that wait for each other do not mix") {
  auto const path = text_file(some_text());
  for (auto const& shape : dataset_shapes()) {
    std::string texts[2];
    auto const run = [&](bool together, std::string& text) {
      std::string other;
      auto const done = run_datasets(shape.options(), [&](Job& job) {
        auto const words = counts_of(job, path);
        auto const sizes = words.reduce_by_key([](auto const& e) { return e.key.size(); },
                                               pel::sum_of([](auto const& e) { return e.value; }));
        auto const first = [&] { words.write_lines({other = file_beside(job, ".words")}, write_entry); };
        if (together) first();
        sizes.write_lines(job.output(), write_entry);
        if (!together) first();
      });
      text = contents_of(other) + done.text;
    };
    run(false, texts[0]);
    run(true, texts[1]);
    CHECK(texts[0] == texts[1]);
  }
}

TEST_CASE("a dataset nobody asks for is not made") {
  CommandLine const line({"--quiet", "--partitions", "7"});
  pel::engine::JobCore core(line.argc(), line.argv());
  Job job(core);
  bool ran = false;
  auto const never = pel::read_lines(job, {text_file("a b")})
                         .filter([&](std::string_view) { return ran = true; })
                         .reduce_by_key(pel::itself, pel::how_many);
  core.finish();

  CHECK_FALSE(ran);
}

TEST_CASE("a job that fails in any superstep and is resumed, or whose state is remade, gives the same bits") {
  auto const path = text_file(some_text());
  auto const run = [&](Words const& options) {
    return run_datasets(with({"--partitions", "7", "--threads", "2"}, options), [&](Job& job) {
      auto const counts = counts_of(job, path);
      auto const sizes = counts.reduce_by_key([](auto const& e) { return e.key.size(); },
                                              pel::sum_of([](auto const& e) { return e.value; }));
      sizes.write_lines({file_beside(job, ".sizes")}, write_entry);
      counts.write_lines(job.output(), write_entry);
    });
  };
  auto const right = run({});
  for (int s = 0; s < 5; ++s) {
    CAPTURE(s);
    Words const options{"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir",
                        fresh_path(".ckpt")};
    {
      WithFault const fault("point=superstep,partition=2,action=throw,superstep=" + std::to_string(s));
      CHECK_THROWS_AS((void)run(options), pel::KernelFailed);
    }
    CHECK(run(with(options, {"--resume=auto"})) == right);
    CHECK(run({"--rebuild-at", std::to_string(s)}) == right);
  }
}

TEST_CASE("a function that throws fails the job on all ranks and leaves no output") {
  auto const path = text_file(some_text());
  auto const text = some_text();
  auto const last = text.substr(text.rfind('w'), text.size() - 1 - text.rfind('w'));
  auto const throw_at = [&](auto const& word) {
    if (std::string_view(word) == last) throw std::runtime_error("no room for " + last);
  };
  for (auto const& shape : dataset_shapes())
    for (bool const in_map : {false, true}) {
      auto const before = files();
      std::string told;
      try {
        (void)run_datasets(shape.options(), [&](Job& job) {
          words_of(job, path)
              .map([&](std::string_view word) {
                if (in_map) throw_at(word);
                return word;
              })
              .reduce_by_key(pel::itself, pel::how_many)
              .write_lines(job.output(), [&](auto const& entry, auto& out) {
                if (!in_map) throw_at(entry.key);
                out << entry.key << '\n';
              });
        });
      } catch (pel::KernelFailed const& failure) {
        told = failure.what();
        CHECK(failure.cause == "no room for " + last);
      }
      meet();
      CHECK(told.find(in_map ? "reduce_by_key" : "write_lines") != std::string::npos);
      CHECK(files() == before);
    }
}

TEST_CASE("an output that cannot be written fails the job on all ranks") {
  auto const path = text_file(some_text());
  auto const lost = (scratch() / "no-such-directory" / "out.txt").string();
  CHECK_THROWS_AS((void)run_datasets({}, [&](Job& job) { words_of(job, path).write_lines({lost}, write_element); }),
                  pel::WriteFailed);
  CHECK_FALSE(std::filesystem::exists(lost));
}
