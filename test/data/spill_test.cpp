// Datasets with less memory than they need: the same bits as with enough, and a word where that cannot be.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "engine/memory.hpp"
#include "pel/csv.hpp"
#include "pel/dataset.hpp"
#include "pel/error.hpp"
#include "run_datasets.hpp"
#include "support/properties.hpp"

using namespace pel::test;
using pel::Entry;
using pel::Job;

namespace {

constexpr auto write_text = [](auto const& element, auto& out) { out << element << '\n'; };
constexpr auto write_entry = [](auto const& entry, auto& out) { out << entry.key << ' ' << entry.value << '\n'; };
constexpr auto head_of = [](std::string_view line) { return std::string(line.substr(0, 3)); };
constexpr auto told_group = [](auto const& key, auto const& group, auto emit) {
  std::string told = std::string(key) + ":";
  for (auto const line : group) told += std::string(line) + ",";
  emit(told);
};

void sort(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .sort_by([](std::string_view line) { return line; })
      .write_lines(job.output(), write_text);
}
// A key that many lines share: what decides is their place in the input.
void sort_ties(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .sort_descending_by([](std::string_view line) { return line.size() % 3; })
      .write_lines(job.output(), write_text);
}
void group(Job& job, std::string const& path) {
  pel::read_lines(job, {path}).group_by_key<std::string>(head_of, told_group).write_lines(job.output(), write_text);
}
// More keys than a table may hold.
void group_lines(Job& job, std::string const& path) {
  pel::read_lines(job, {path}).group_by_key<std::string>(pel::itself, told_group).write_lines(job.output(), write_text);
}
void join(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .join<std::string>(
          pel::read_lines(job, {path}), [](std::string_view line) { return std::string(line.substr(0, 5)); },
          [](std::string_view line) { return std::string(line.substr(1, 5)); }, told_group)
      .write_lines(job.output(), write_text);
}
// Two left elements of three have one key, which few on the right have.
void join_hot(Job& job, std::string const& path) {
  auto const hot_or_head = [](std::string_view line) {
    return line.size() % 3 == 0 ? std::string(line.substr(0, 5)) : std::string("10");
  };
  pel::read_lines(job, {path})
      .join<std::string>(
          pel::read_lines(job, {path}), hot_or_head,
          [](std::string_view line) { return std::string(line.substr(0, 2)); },
          [](auto const& line, auto const& group, auto emit) {
            emit(std::string(line) + pel::text_of(' ', group.size()));
          })
      .write_lines(job.output(), write_text);
}
// A combiner whose bits depend on the order.
void reduce(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .reduce_by_key([](std::string_view line) { return std::string(line.substr(0, 4)); },
                     pel::data::Reducer{[](std::string_view line) { return static_cast<double>(line.size()) + 0.1; },
                                        [](double a, double b) { return a * 0.7 + b; }})
      .write_lines(job.output(), write_entry);
}
void reduce_lines(Job& job, std::string const& path) {
  pel::read_lines(job, {path}).reduce_by_key(pel::itself, pel::how_many).write_lines(job.output(), write_entry);
}
// Mail that arrives while more is sent, and a dataset that is kept, as a sort looks at it twice.
void chain(Job& job, std::string const& path) {
  pel::Dataset<std::string> const groups = pel::read_lines(job, {path}).group_by_key<std::string>(head_of, told_group);
  groups.join<std::string>(groups, head_of, head_of, told_group)
      .sort_by([](std::string_view line) { return line.size(); })
      .map([](std::string_view line) { return line.size() * 1000 + line.size() % 7; })
      .write_lines(job.output(), write_text);
}

// The sum of lengths, and how many: an accumulator, whose elements are added at the source and merged behind it.
struct Lengths {
  double sum = 0;
  std::uint64_t n = 0;
};
void aggregate(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .aggregate_by_key([](std::string_view line) { return std::string(line.substr(0, 4)); }, Lengths{1.5, 3},
                        [](Lengths& so_far, std::string_view line) {
                          so_far.sum = so_far.sum * 0.9 + static_cast<double>(line.size());
                          ++so_far.n;
                        },
                        [](Lengths& so_far, Lengths const& other) {
                          so_far.sum = so_far.sum * 0.7 + other.sum;
                          so_far.n += other.n;
                        })
      .map([](auto const& entry) {
        return std::string(entry.key) + pel::text_of(' ', entry.value.sum, ' ', entry.value.n);
      })
      .write_lines(job.output(), write_text);
}
void indexed(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .reduce_to_index(
          4000, [](std::string_view line) { return pel::base::hash_text(line) % 4000; }, pel::how_many)
      .write_lines(job.output(), write_text);
}
void moved(Job& job, std::string const& path) {
  pel::read_lines(job, {path}).repartition_by(head_of).rebalance().write_lines(job.output(), write_text);
}

// What a program sees of blocks, and results whose bits depend on where they end. Each alone: of several that are asked
// for together all but one are kept, and so cut anew.
constexpr auto tell_block = [](auto block, auto emit) {
  double sum = 0;
  for (auto const& element : block) sum = sum * 0.7 + static_cast<double>(element.size());
  emit(pel::text_of(block.size(), ' ', sum));
};
void sort_blocks(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .sort_by(pel::itself)
      .map_partitions<std::string>(tell_block)
      .write_lines(job.output(), write_text);
}
void reduce_blocks(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .reduce_by_key(pel::itself, pel::how_many)
      .map_partitions<std::string>([](auto block, auto emit) { emit(pel::text_of(block.size(), ' ', block[0].key)); })
      .write_lines(job.output(), write_text);
}
void moved_blocks(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .repartition_by(head_of)
      .map_partitions<std::string>(tell_block)
      .write_lines(job.output(), write_text);
}
void kept_blocks(Job& job, std::string const& path) {
  pel::Dataset<std::string> const kept = pel::read_lines(job, {path}).repartition_by(head_of);
  kept.map_partitions<std::string>(tell_block)
      .union_with(kept.map_partitions<std::string>(tell_block))
      .write_lines(job.output(), write_text);
}

void csv(Job& job, std::string const& path) {
  auto const rows = pel::read_lines(job, {path}).map([](std::string_view line) {
    return Entry<std::string, std::uint64_t>{std::string(line), line.size()};
  });
  pel::write_csv(rows, job.output(), pel::column("line", pel::key_of), pel::column("size", pel::value_of));
}

void zipped(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .zip(pel::read_lines(job, {path}).map([](std::string_view line) { return line.size(); }),
           [](std::string_view line, std::size_t size) { return std::string(line) + pel::text_of(' ', size); })
      .write_lines(job.output(), write_text);
}
// Windows of many elements, and what comes of them in another window.
void windows(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .window(100, [](auto const& window) { return std::string(window.front()) + std::string(window.back()); })
      .window(2, [](auto const& window) { return std::string(window[0]) + pel::text_of(' ', window[1].size()); })
      .write_lines(job.output(), write_text);
}

using Verb = void (*)(Job&, std::string const&);
std::vector<std::pair<std::string, Verb>> verbs() {
  return {{"sort", sort},
          {"sort_ties", sort_ties},
          {"group", group},
          {"join", join},
          {"join_hot", join_hot},
          {"reduce", reduce},
          {"reduce_lines", reduce_lines},
          {"chain", chain},
          {"aggregate", aggregate},
          {"indexed", indexed},
          {"group_lines", group_lines},
          {"moved", moved},
          {"sort_blocks", sort_blocks},
          {"reduce_blocks", reduce_blocks},
          {"moved_blocks", moved_blocks},
          {"kept_blocks", kept_blocks},
          {"csv", csv},
          {"zipped", zipped},
          {"windows", windows}};
}

// About 12 bytes a line.
std::string many_lines(std::uint64_t seed, int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) {
    auto const number = pel::base::mix64(seed * 1'000'003 + static_cast<std::uint64_t>(i));
    text += std::to_string(number % 99'991) + std::string(number % 17, 'x') + '\n';
  }
  return text;
}

// A number that the summary tells.
double told(std::string const& summary, std::string const& name) {
  auto const at = summary.find("\"" + name + "\": ");
  return at == std::string::npos ? -1 : std::strtod(summary.c_str() + at + name.size() + 4, nullptr);
}

Done run(Verb verb, std::string const& path, Shape const& shape, Words const& more) {
  return run_datasets(with(shape.options(), more), [&](Job& job) { verb(job, path); });
}

}  // namespace

TEST_CASE("with too little memory each verb gives the same bits as with enough") {
  bool const small = std::getenv("PEL_TEST_SMALL") != nullptr;
  auto const path = text_file(many_lines(1, small ? 14'000 : 40'000));
  auto const shapes = small ? std::vector<Shape>{{7, 2}, {64, 1}} : dataset_shapes();
  for (auto const& [name, verb] : verbs())
    for (auto const& shape : shapes) {
      CAPTURE(name);
      CAPTURE(shape.partitions);
      CAPTURE(shape.threads);
      auto const plain = run(verb, path, shape, {});
      auto const spilled = run(verb, path, shape, {"--memory", small ? "72K" : "192K"});

      CHECK(spilled == plain);
      CHECK(told(plain.summary, "spilled_bytes") == 0);
      CHECK(told(spilled.summary, "spilled_bytes") > 0);
      CHECK(told(spilled.summary, "read_back_bytes") > 0);
    }
}

TEST_CASE("what fits partition by partition is written once and read once") {
  auto const path = text_file(many_lines(2, 20'000));
  for (auto const& [name, verb] : {std::pair<std::string, Verb>{"sort", sort}, {"group", group}, {"join", join}}) {
    CAPTURE(name);
    auto const done = run(verb, path, {64, 2}, {"--memory", "384K"});
    CHECK(told(done.summary, "spilled_bytes") > 0);
    CHECK(told(done.summary, "io_amplification") <= 3);
    CHECK(told(done.summary, "io_amplification") >= 1);
  }
}

TEST_CASE("any lines, and any budget") {
  seed_properties(std::getenv("PEL_TEST_SMALL") == nullptr ? 20 : 4);
  CHECK(rc::check("budget", [&] {
    auto const path = text_file(many_lines(*rc::gen::inRange<std::uint64_t>(1, 1000), *rc::gen::inRange(0, 15'000)));
    auto const verb = (*rc::gen::elementOf(verbs())).second;
    auto const shape = *rc::gen::elementOf(dataset_shapes());
    auto const budget = std::to_string(*rc::gen::inRange(160, 500)) + "K";
    RC_ASSERT(run(verb, path, shape, {"--memory", budget}) == run(verb, path, shape, {}));
  }));
}

TEST_CASE("a group that is larger than the budget is refused with words") {
  auto const path = text_file(std::string(400'000, 'x') + '\n' + [] {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += "hot " + std::to_string(i) + '\n';
    return text;
  }());
  for (auto const& shape : dataset_shapes()) {
    try {
      (void)run(group, path, shape, {"--memory", "128K"});
      FAIL_CHECK("it fitted");
    } catch (pel::OutOfBudget const& error) {
      CHECK(error.verb == "group_by_key");
      CHECK(error.budget == 128 << 10);
      CHECK(error.bytes > 32 << 10);
      CHECK(error.exit_code == pel::ExitCode::config);
      CHECK(std::string(error.what()).find("--partitions") != std::string::npos);
    }
  }
}

TEST_CASE("a window that does not fit into memory is refused, one that does is not") {
  auto const path = text_file(many_lines(3, 20'000));
  auto const first_of_many = [&](std::uint64_t width, Words const& more) {
    return run_datasets(with({"--partitions", "3", "--threads", "1"}, more), [&](Job& job) {
      pel::read_lines(job, {path})
          .window(width, [](auto const& window) { return std::string(window.front()); })
          .write_lines(job.output(), write_text);
    });
  };
  for (std::uint64_t const width : {1, 200, 9'000})
    CHECK(std::ranges::count(first_of_many(width, {}).text, '\n') == 20'001 - static_cast<std::int64_t>(width));
  CHECK(first_of_many(200, {"--memory", "192K"}) == first_of_many(200, {}));
  try {
    (void)first_of_many(2'500, {"--memory", "192K"});
    FAIL_CHECK("it fitted");
  } catch (pel::OutOfBudget const& error) {
    CHECK(error.verb == "window");
    CHECK(error.what_needs == "a window of 2500 elements");
    CHECK(error.bytes > 16 << 10);
  }
}

TEST_CASE("keys of 1 MiB are sorted within the budget, too") {
  constexpr std::size_t key_bytes = std::size_t{1} << 20U;
  auto const key_of = [](std::string_view line) { return line.substr(0, key_bytes); };
  for (std::size_t const place : {5000, 20'000}) {  // where half of the keys differ; the others do at once
    std::vector<std::string> lines;
    for (std::uint64_t i = 0; i < 30; ++i) {  // each key is there twice
      lines.push_back(std::string(key_bytes, 'k') + std::to_string(i));
      lines.back().replace(i % 4 < 2 ? 0 : place, 5, std::to_string(pel::base::mix64(i / 2) % 90'000 + 10'000));
    }
    std::string text, sorted;
    for (auto const& line : lines) text += line + '\n';
    std::stable_sort(lines.begin(), lines.end(), [&](auto const& a, auto const& b) { return key_of(a) < key_of(b); });
    for (auto const& line : lines) sorted += line + '\n';
    auto const path = text_file(text);
    for (std::string const memory : {"2G", "24M"}) {
      if (place > 8000 && memory != "2G") continue;  // beyond the samples: these keys lie in one partition
      auto const done = run_datasets({"--partitions", "7", "--memory", memory}, [&](Job& job) {
        pel::read_lines(job, {path}).sort_by(key_of).write_lines(job.output(), write_text);
      });
      CHECK((done.text == sorted));
      CHECK((told(done.summary, "spilled_bytes") > 0) == (memory == "24M"));
    }
  }
}

TEST_CASE("a text is on its way to disk while it is made") {
  struct Row {
    std::uint64_t number, hash;
  };
  constexpr std::uint64_t n = 180'000;  // of 20 bytes and more, in 3 partitions
  using Write = void (*)(pel::Dataset<Row> const&, Job&);
  Write const write_csv = [](pel::Dataset<Row> const& rows, Job& job) {
    pel::write_csv(rows, job.output(), pel::column("number", &Row::number), pel::column("hash", &Row::hash));
  };
  Write const write_lines = [](pel::Dataset<Row> const& rows, Job& job) {
    rows.write_lines(job.output(), [](Row const& row, auto& out) { out << row.number << ' ' << row.hash << '\n'; });
  };
  for (auto const write : {write_csv, write_lines}) {
    auto least = ~std::uint64_t{0};  // on disk when a partition is nearly done
    (void)run_datasets({"--partitions", "3", "--threads", "1", "--memory", "512K"}, [&](Job& job) {
      auto const& memory = *flow_of(job)->memory();
      write(pel::generate<Row>(job, n,
                               [&](std::uint64_t i) {
                                 if (i % (n / 3) == n / 3 - 1) least = std::min(least, memory.figures().spilled);
                                 return Row{i, pel::base::mix64(i)};
                               }),
            job);
    });
    CHECK(least > 0);
  }
}

TEST_CASE("a spill directory that cannot be is told before anything runs") {
  auto const path = text_file("a\n");
  CHECK_THROWS_AS((void)run(sort, path, {7, 1}, {"--spill-dir", "/proc/none"}), pel::WriteFailed);
  CHECK_THROWS_AS((void)run(sort, path, {7, 1}, {"--memory", "63K"}), pel::UsageError);
}
