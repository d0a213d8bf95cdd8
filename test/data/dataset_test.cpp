#include "pel/dataset.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pel/error.hpp"
#include "run_datasets.hpp"
#include "support/properties.hpp"
#include "word_oracle.hpp"

using namespace pel::test;
using pel::Entry;
using pel::Job;
using pel::data::WordRule;

namespace {

constexpr auto add = [](auto const& a, auto const& b) { return a + b; };
constexpr auto write_entry = [](auto const& entry, auto& out) { out << entry.key << ' ' << entry.value << '\n'; };
constexpr auto write_element = [](auto const& element, auto& out) { out << element << '\n'; };

// Of a line: the line itself, and its words.
constexpr auto line_and_words = [](auto const& line, auto const& emit) {
  emit(std::string_view(line));
  for (auto const word : pel::data::words(line, WordRule::blank)) emit(word);
};
bool is_wanted(std::string_view word) { return word.size() != 3; }
std::int64_t weight(std::string_view word) { return static_cast<std::int64_t>(word.size()) - 2; }

// The weights of equal words: read, cut, left out, mapped, reduced, written.
void weigh_words(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .flat_map<std::string_view>(line_and_words)
      .filter(is_wanted)
      .map([](std::string_view word) {
        return Entry<std::string_view, std::int64_t>{word, weight(word)};
      })
      .reduce_by_key([](auto const& entry) { return entry.key; },
                     pel::sum_of([](auto const& entry) { return entry.value; }))
      .write_lines(job.output(), write_entry);
}

Parts<std::string> plain_words(std::string const& path, std::uint32_t partitions) {
  auto const words = plain_flat_map<std::string>(lines_by_partition(path, partitions), line_and_words);
  return plain_flat_map<std::string>(words, [](auto const& word, auto const& emit) {
    if (is_wanted(word)) emit(word);
  });
}

std::string plain_weights(std::string const& path, std::uint32_t partitions) {
  return plain_lines(
      plain_reduce<std::string, std::int64_t>(plain_words(path, partitions), std::identity(), weight, add));
}

std::string repeated(std::string const& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::map<std::string, std::string> odd_texts() {
  std::string hot, large, varied;
  for (int i = 0; i < 5000; ++i) hot += i % 10 == 3 ? "word" + std::to_string(i * 7919 % 611) + '\n' : "hottest\n";
  for (char const letter : {'a', 'b', 'a'}) large += std::string(std::size_t{1} << 20U, letter) + "\n\n";
  for (int i = 0; i < 20'000; ++i) varied += "w" + std::to_string(i * i % 9973) + (i % 7 == 0 ? "\n" : " ");
  return {{"nothing", ""},
          {"one element", "element"},
          {"an empty element", "\n"},
          {"all equal", repeated("same\n", 3000)},
          {"all empty", repeated("\n", 3000)},
          {"one hot", hot},
          {"0 bytes and 1 MiB", large},
          {"bytes of all kinds", std::string("\0 \xff\r\n\x80\0\x80 \t\n\xEF\xBB\xBF", 13)},
          {"many words", varied}};
}

// A text that is the same in every run: its digest is known.
std::string known_text() {
  std::string text;
  for (std::uint64_t i = 0; i < 3000; ++i)
    text += std::to_string(pel::base::mix64(i) % 500) + (i % 11 == 0 ? "\n" : " ");
  return text;
}

// "verb supersteps, " of each verb that a summary lists.
std::string verbs_of(std::string const& summary) {
  std::string verbs;
  std::string const verb = "\"verb\": \"", supersteps = "\"supersteps\": ";
  auto const list = summary.find("\"verbs\"");
  REQUIRE(list != std::string::npos);
  for (auto at = summary.find(verb, list); at != std::string::npos; at = summary.find(verb, at)) {
    at += verb.size();
    verbs += summary.substr(at, summary.find('"', at) - at) + ' ';
    at = summary.find(supersteps, at) + supersteps.size();
    verbs += summary.substr(at, summary.find(',', at) - at) + ", ";
  }
  return verbs;
}

}  // namespace

TEST_CASE("what becomes of a text is what a plain program makes of it, whatever ranks and threads") {
  for (auto const& [name, text] : odd_texts()) {
    auto const path = text_file(text);
    std::map<std::uint32_t, std::string> digests;
    for (auto const& shape : dataset_shapes()) {
      CAPTURE(name);
      CAPTURE(shape.partitions);
      CAPTURE(shape.threads);
      auto const done = run_datasets(shape.options(), [&](Job& job) { weigh_words(job, path); });

      CHECK(done.text == plain_weights(path, shape.partitions));
      CHECK(digests.emplace(shape.partitions, done.digest).first->second == done.digest);
    }
  }
}

TEST_CASE("the summary lists verbs in the order they came, with their supersteps") {
  auto const path = text_file(known_text());
  auto const done = run_datasets({}, [&](Job& job) {
    auto const words = pel::read_lines(job, {path});
    for (int i = 0; i < 2; ++i) CHECK(words.distinct().size() > 0);
    words.sort_by(pel::itself).write_lines(job.output(), [](auto const& line, auto& out) { out << line << '\n'; });
  });
  CHECK(verbs_of(done.summary) == "distinct 2, size 2, sort_by: sample 1, sort_by 1, write_lines 1, write_file 1, ");
}

TEST_CASE("the summary lists verbs that are made of others under their own names") {
  auto const path = text_file("a\nb\na\n");
  auto const done = run_datasets({}, [&](Job& job) {
    auto const lines = pel::read_lines(job, {path});
    auto const same = [](auto line, auto const& other) { return other == line ? 1 : 0; };
    CHECK(lines.count_by_key(pel::itself).first(9).size() == 2);
    CHECK(lines
              .aggregate_by_key(
                  pel::itself, 0, [](int& n, auto) { ++n; }, [](int& n, int m) { n += m; })
              .first(9)
              .size() == 2);
    CHECK(lines.distinct(pel::itself).first(9).size() == 2);
    CHECK(lines.inner_join(lines, pel::itself, pel::itself, same).first(9).size() == 5);
    CHECK(lines.semi_join(lines, pel::itself, pel::itself).first(9).size() == 3);
    CHECK(lines.anti_join(lines, pel::itself, pel::itself).first(9).empty());
    CHECK(lines.left_join(lines, pel::itself, pel::itself, [](auto, auto const* other) { return other != nullptr; })
              .first(9)
              .size() == 5);
    CHECK(lines.full_join(lines, pel::itself, pel::itself, [](auto const* one, auto const*) { return one != nullptr; })
              .first(9)
              .size() == 5);
    CHECK(lines.map([](auto line) { return line.size(); }).exclusive_prefix_sum(std::size_t{0}).first(9).size() == 3);
    lines.sort_descending_by(pel::itself).write(job.output());
  });
  auto const verbs = " " + verbs_of(done.summary);
  for (auto const* const name :
       {"count_by_key", "aggregate_by_key", "distinct", "inner_join", "semi_join", "anti_join", "left_join",
        "full_join", "exclusive_prefix_sum: totals", "sort_descending_by: sample", "sort_descending_by", "first"}) {
    CAPTURE(name);
    CHECK(verbs.find(std::string(" ") + name + " ") != std::string::npos);
  }
  for (auto const* const name : {" reduce_by_key ", " group_by_key ", " join ", " sort_by "})
    CHECK(verbs.find(name) == std::string::npos);
}

TEST_CASE("a bool that a function gives is an element, a key and a value of 0 or 1") {
  auto const done = run_datasets({"--partitions", "7"}, [&](Job& job) {
    auto const odd = pel::generate<int>(job, 9, [](std::uint64_t i) { return static_cast<int>(i); }).map([](int i) {
      return i % 2 == 1;
    });
    CHECK(odd.collect() == std::vector<std::uint8_t>{0, 1, 0, 1, 0, 1, 0, 1, 0});
    auto const counts = odd.count_by_key([](auto is_odd) { return is_odd == 1; })
                            .sort_by([](auto const& entry) { return entry.key; })
                            .collect();
    CHECK(counts == std::vector<pel::Entry<std::uint8_t, std::int64_t>>{{0, 5}, {1, 4}});
    odd.sort_descending_by([](auto is_odd) { return is_odd == 1; }).write(job.output());
  });
  CHECK(done.text == "1\n1\n1\n1\n0\n0\n0\n0\n0\n");
}

TEST_CASE("any text gives what a plain program makes of it") {
  seed_properties(std::getenv("PEL_TEST_SMALL") == nullptr ? 25 : 5);
  CHECK(rc::check("text", [&] {
    auto const letters = rc::gen::elementOf(std::string("aaab  \n\n\r\t\0\xff", 12));
    auto const path = text_file(*rc::gen::scale(3.0, rc::gen::container<std::string>(letters)));
    auto const shape = *rc::gen::elementOf(dataset_shapes());
    auto const done = run_datasets(shape.options(), [&](Job& job) { weigh_words(job, path); });
    RC_ASSERT(done.text == plain_weights(path, shape.partitions));
  }));
}

TEST_CASE("the digest is the same on any ranks and threads, and another for other partitions") {
  auto const path = text_file(known_text());
  std::map<std::uint32_t, std::string> const known{{7, "6b022618171cdbcb1346e9233d7aab0e"},
                                                   {64, "341ab1653aff9a7ed69cb64561f80a90"}};
  for (auto const& shape : dataset_shapes()) {
    auto const done = run_datasets(shape.options(), [&](Job& job) { weigh_words(job, path); });
    CHECK(done.digest == known.at(shape.partitions));
  }
}

TEST_CASE("narrow verbs keep the order of lines, and need no superstep of their own") {
  auto const path = text_file(known_text());
  for (auto const& shape : dataset_shapes()) {
    auto const done = run_datasets(shape.options(), [&](Job& job) {
      pel::read_lines(job, {path})
          .map([](std::string_view line) { return std::string(line.rbegin(), line.rend()); })
          .filter([](std::string_view line) { return line.find("77") != std::string_view::npos; })
          .map([](std::string_view line) { return line.size(); })
          .write_lines(job.output(), write_element);
    });
    std::string right;
    for (auto const& part : lines_by_partition(path, shape.partitions))
      for (auto const& line : part)
        if (line.find("77") != std::string::npos) right += std::to_string(line.size()) + '\n';
    CHECK(done.text == right);
    CHECK(done.summary.find("\"supersteps\": 2,") != std::string::npos);  // make the text, write it
  }
}

TEST_CASE("a fold that depends on the order has the order of partitions, then that of elements") {
  auto const path = text_file(known_text());
  auto const value = [](auto const& word) { return static_cast<double>(word.size()) + 0.1; };
  auto const combine = [](double a, double b) { return a * 0.7 + b; };
  for (auto const& shape : dataset_shapes()) {
    auto const done = run_datasets(shape.options(), [&](Job& job) {
      pel::read_lines(job, {path})
          .flat_map<std::string_view>(line_and_words)
          .filter(is_wanted)
          .reduce_by_key([](std::string_view word) { return word.size() % 5; }, pel::data::Reducer{value, combine})
          .map([](auto const& entry) {
            return Entry<std::uint64_t, std::uint64_t>{entry.key, std::bit_cast<std::uint64_t>(entry.value)};
          })
          .write_lines(job.output(), write_entry);
    });
    auto const right = plain_reduce<std::uint64_t, double>(
        plain_words(path, shape.partitions), [](auto const& word) { return word.size() % 5; }, value, combine);
    std::string text;
    for (auto const& part : right)
      for (auto const& [k, v] : part)
        text += std::to_string(k) + ' ' + std::to_string(std::bit_cast<std::uint64_t>(v)) + '\n';
    CHECK(done.text == text);
  }
}

TEST_CASE("keys may be texts that are made on the way") {
  auto const path = text_file(known_text());
  auto const longer = [](auto const& word) { return std::string(word) + std::string(40, '!') + std::string(word); };
  auto const right = [&](std::uint32_t partitions) {
    return plain_lines(plain_reduce<std::string, std::int64_t>(
        plain_words(path, partitions), longer, [](auto const&) { return 1; }, add));
  };
  for (auto const& shape : dataset_shapes()) {
    auto const words = [&](Job& job) {
      return pel::read_lines(job, {path}).flat_map<std::string_view>(line_and_words).filter(is_wanted);
    };
    auto const by_key = run_datasets(shape.options(), [&](Job& job) {
      words(job).reduce_by_key(longer, pel::how_many).write_lines(job.output(), write_entry);
    });
    auto const by_map = run_datasets(shape.options(), [&](Job& job) {
      words(job).map(longer).reduce_by_key(pel::itself, pel::how_many).write_lines(job.output(), write_entry);
    });
    auto const kept = run_datasets(shape.options(), [&](Job& job) {
      pel::Dataset<Entry<std::string, int>> const entries = words(job).map([&](std::string_view word) {
        return Entry<std::string, int>{longer(word), 1};
      });
      entries.reduce_by_key([](auto const& entry) { return entry.key; }, pel::how_many)
          .write_lines(job.output(), write_entry);
    });
    CHECK(by_key.text == right(shape.partitions));
    CHECK(by_map.text == right(shape.partitions));
    CHECK(kept.text == right(shape.partitions));
  }
}

TEST_CASE("two wide verbs in a row take three supersteps, and least, greatest and count are what they say") {
  auto const path = text_file(known_text());
  for (auto const& shape : dataset_shapes()) {
    auto const partitions = shape.partitions;
    auto const counts = plain_reduce<std::string, std::int64_t>(
        plain_words(path, partitions), std::identity(), [](auto const&) { return 1; }, add);
    auto const check = [&](auto const& reducer, auto const& combine) {
      auto const done = run_datasets(shape.options(), [&](Job& job) {
        pel::read_lines(job, {path})
            .flat_map<std::string_view>(line_and_words)
            .filter(is_wanted)
            .reduce_by_key(pel::itself, pel::how_many)
            .reduce_by_key([](auto const& entry) { return entry.key.size(); }, reducer)
            .write_lines(job.output(), write_entry);
      });
      CHECK(done.text == plain_lines(plain_reduce<std::uint64_t, std::int64_t>(
                             counts, [](auto const& entry) { return entry.first.size(); },
                             [](auto const& entry) { return entry.second; }, combine)));
      CHECK(done.summary.find("\"supersteps\": 4,") != std::string::npos);  // the last one writes the file
    };
    auto const value = [](auto const& entry) { return entry.value; };
    check(pel::least_of(value), [](auto a, auto b) { return b < a ? b : a; });
    check(pel::greatest_of(value), [](auto a, auto b) { return a < b ? b : a; });
    check(pel::sum_of(value), add);
  }
}
