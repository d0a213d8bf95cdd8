// Named datasets and rounds: what a checkpoint holds of a program over datasets, and what it refuses.
#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pel/dataset.hpp"
#include "pel/error.hpp"
#include "pel/iterate.hpp"
#include "run_datasets.hpp"

using namespace pel::test;
using pel::Entry;
using pel::Job;

namespace {

constexpr auto write_entry = [](auto const& entry, auto& out) { out << entry.key << ' ' << entry.value << '\n'; };

std::string words() {
  std::string text;
  for (int i = 0; i < 900; ++i) text += "word" + std::to_string(i * i % 97) + "\n";
  return text;
}

auto counts_of(Job& job, std::string const& path) {
  return pel::read_lines(job, {path}).reduce_by_key(pel::itself, pel::how_many).named("counts");
}

// Each superstep has its checkpoint before the next one begins.
Words saved() {
  return {"--partitions",      "7",    "--checkpoint-every", "1",
          "--checkpoint-mode", "sync", "--checkpoint-dir",   fresh_path(".ckpt")};
}

// A job that names its counts, takes a checkpoint after each superstep, and fails so many later.
Words failed_job(std::string const& path, int later = 3) {
  Words const options = saved();
  CHECK_THROWS_AS(run_datasets(options,
                               [&](Job& job) {
                                 auto const counts = counts_of(job, path);
                                 for (int i = 0; i < later; ++i) CHECK(counts.size() == 49);
                                 counts.filter([](auto const&) -> bool { throw std::runtime_error("now"); })
                                     .write_lines(job.output(), write_entry);
                               }),
                  pel::KernelFailed);
  return options;
}

Words resumed(Words options) {
  options.push_back("--resume");
  return options;
}

}  // namespace

TEST_CASE("a named dataset comes from the checkpoint, and its source is not asked again") {
  auto const path = text_file(words());
  auto const plain = run_datasets({"--partitions", "7"},
                                  [&](Job& job) { counts_of(job, path).write_lines(job.output(), write_entry); });
  for (auto const later : {0, 1, 3}) {  // 0: the only checkpoint with it is that of the superstep that made it
    bool asked = false;
    auto again = resumed(failed_job(path, later));
    again.insert(again.end(), {"--threads", later == 1 ? "1" : "2"});
    auto const done = run_datasets(again, [&](Job& job) {
      pel::read_lines(job, {path})
          .filter([&](std::string_view) { return asked = true; })
          .reduce_by_key(pel::itself, pel::how_many)
          .named("counts")
          .write_lines(job.output(), write_entry);
    });
    CHECK(done == plain);
    CHECK_FALSE(asked);
  }
}

TEST_CASE("a named dataset of another type is refused by name, on all ranks") {
  auto const path = text_file(words());
  auto const options = resumed(failed_job(path));
  CHECK_THROWS_AS(run_datasets(options,
                               [&](Job& job) {
                                 (void)pel::read_lines(job, {path})
                                     .map([](std::string_view line) { return line.size(); })
                                     .named("counts")
                                     .size();
                               }),
                  pel::ForeignCheckpoint);
  CHECK_THROWS_AS(run_datasets(options, [&](Job& job) { (void)pel::read_lines(job, {path}).named("counts").size(); }),
                  pel::ForeignCheckpoint);
  CHECK_THROWS_AS(run_datasets(options,
                               [&](Job& job) {
                                 (void)pel::read_lines(job, {path})
                                     .map([](std::string_view line) {
                                       return Entry<std::string_view, std::string_view>{line, line};
                                     })
                                     .named("counts")
                                     .size();
                               }),
                  pel::ForeignCheckpoint);
}

TEST_CASE("an input that is opened on the way is part of who the job is") {
  auto const first = text_file(words()), second = text_file("a\nb\n");
  Words const options = saved();
  auto const body = [&](std::string const& other, bool fails) {
    return [&, other, fails](Job& job) {
      (void)pel::read_lines(job, {first}).size();
      auto const kept = pel::read_lines(job, {other}).named("kept");
      for (int i = 0; i < 3; ++i) (void)kept.size();
      kept.map([fails](std::string_view line) {
            if (fails) throw std::runtime_error("now");
            return std::string(line);
          })
          .write_lines(job.output(), [](auto const& line, auto& out) { out << line << '\n'; });
    };
  };
  CHECK_THROWS_AS(run_datasets(options, body(second, true)), pel::KernelFailed);
  CHECK_THROWS_AS(run_datasets(resumed(options), body(text_file("a\nc\n"), false)), pel::ForeignCheckpoint);
  CHECK(run_datasets(resumed(options), body(second, false)).text == "a\nb\n");
}

TEST_CASE("rounds go on where they were, and what they write is no part of the digest") {
  auto const path = text_file(words());
  std::vector<std::int64_t> done_rounds;
  auto const body = [&](std::int64_t failing) {
    return [&, failing](Job& job) {
      done_rounds.clear();
      auto const lines = pel::read_lines(job, {path});
      auto const sum = pel::iterate(job, "sum", std::vector<std::int64_t>{0, 1}, 6, [&](auto const& state) {
        if (state[0] == failing) throw std::runtime_error("now");
        done_rounds.push_back(state[0]);
        auto const n = static_cast<std::int64_t>(lines.write_lines({}, [](auto const& l, auto& out) { out << l; }));
        return std::vector<std::int64_t>{state[0] + 1, state[1] * 3 + n};
      });
      pel::write_once(job, job.output(), [&](auto& out) { out << sum[1] << '\n'; });
    };
  };
  auto const plain = run_datasets({"--partitions", "7"}, body(-1));
  CHECK(done_rounds.size() == 6);
  Words const options = saved();
  CHECK_THROWS(run_datasets(options, body(4)));
  auto const done = run_datasets(resumed(options), body(-1));
  CHECK(done == plain);
  CHECK(done_rounds.front() == 3);  // the checkpoint of the superstep of round 3 knows the rounds before
  CHECK(done_rounds.size() == 3);
}

TEST_CASE("a round draws the same sample after a restart that left the rounds before out") {
  auto const body = [](std::uint64_t failing) {
    return [failing](Job& job) {
      auto const numbers = pel::generate<std::uint64_t>(job, 300, pel::itself);
      auto const drawn = pel::iterate(job, "drawn", std::vector<std::uint64_t>{0, 1}, 6, [&](auto const& state) {
        if (state[0] == failing) throw std::runtime_error("now");
        auto const some = numbers.sample(0.1).collect(), five = numbers.sample_exactly(5).collect();
        auto told = state[1];
        for (auto const& sample : {some, five})
          for (auto const x : sample) told = told * 31 + x;
        return std::vector<std::uint64_t>{state[0] + 1, told};
      });
      auto const after = numbers.sample_exactly(3).collect();
      pel::write_once(job, job.output(), [&](auto& out) { out << drawn[1] << ' ' << after[0] << '\n'; });
    };
  };
  auto const plain = run_datasets({"--partitions", "7"}, body(99));
  Words const options = saved();
  CHECK_THROWS(run_datasets(options, body(4)));
  CHECK(run_datasets(resumed(options), body(99)) == plain);
  CHECK(run_datasets({"--partitions", "7", "--seed", "5"}, body(99)).text != plain.text);
}

TEST_CASE("what is named must fit into half of the budget, also when it comes back") {
  auto const numbers = [](Job& job) {
    return pel::generate<std::int64_t>(job, 200'000, [](std::uint64_t i) { return static_cast<std::int64_t>(i); })
        .named("numbers");
  };
  auto const refused = [&](Words const& options) {
    try {
      (void)run_datasets(options, [&](Job& job) { (void)numbers(job).size(); });
      FAIL_CHECK("it fitted");
    } catch (pel::OutOfBudget const& error) {
      CHECK(error.verb == "numbers");
      CHECK(error.bytes > (512 << 10) * 3 / 8);  // half of what messages leave
      CHECK(error.bytes < 512 << 10);
      CHECK(error.budget == 512 << 10);
      CHECK(error.exit_code == pel::ExitCode::config);
    }
  };
  Words const little{"--memory", "512K"};
  refused(with({"--partitions", "7"}, little));

  auto const options = saved();
  CHECK_THROWS_AS(run_datasets(options,
                               [&](Job& job) {
                                 auto const all = numbers(job);
                                 for (int i = 0; i < 3; ++i) CHECK(all.size() == 200'000);
                                 (void)all.filter([](auto) -> bool { throw std::runtime_error("now"); }).size();
                               }),
                  pel::KernelFailed);
  refused(with(resumed(options), little));
}
