// Verbs that bring elements together by key, beside plain programs: group_by_key, join, distinct, sort_by.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "pel/dataset.hpp"
#include "run_datasets.hpp"
#include "support/properties.hpp"

using namespace pel::test;
using pel::Job;

namespace {

// What lines are grouped by: their first two bytes. A text of its own, which ends before the element does.
constexpr auto head_of = [](std::string_view line) { return std::string(line.substr(0, 2)); };
constexpr auto write_text = [](auto const& element, auto& out) { out << element << '\n'; };

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string joined(std::vector<std::string> const& lines) {
  std::string text;
  for (auto const& line : lines) text += line + '\n';
  return text;
}

std::multiset<std::string> bag(std::string const& text) {
  auto const lines = lines_of(text);
  return {lines.begin(), lines.end()};
}

std::multiset<std::string> plain_groups(std::vector<std::string> const& lines) {
  std::map<std::string, std::string> groups;
  for (auto const& line : lines) groups[head_of(line)] += line + ",";
  std::multiset<std::string> told;
  for (auto const& [key, members] : groups) told.insert(key + ":" + members);
  return told;
}

// For each left line those on the right with its head, in order; "none" where there is none.
std::multiset<std::string> plain_join(std::vector<std::string> const& left, std::vector<std::string> const& right) {
  std::multiset<std::string> told;
  for (auto const& line : left) {
    std::string matches;
    for (auto const& other : right)
      if (head_of(other) == head_of(line)) matches += other + ",";
    told.insert(line + "=" + (matches.empty() ? "none" : matches));
  }
  return told;
}

void group(Job& job, std::string const& path) {
  pel::read_lines(job, {path})
      .group_by_key<std::string>(head_of,
                                 [](auto key, auto const& group, auto emit) {
                                   std::string told = std::string(key) + ":";
                                   for (auto const line : group) told += std::string(line) + ",";
                                   emit(told);
                                 })
      .write_lines(job.output(), write_text);
}

void join(Job& job, std::string const& left, std::string const& right) {
  pel::read_lines(job, {left})
      .join<std::string>(pel::read_lines(job, {right}), head_of, head_of,
                         [](auto line, auto const& group, auto emit) {
                           std::string told = std::string(line) + "=";
                           for (auto const other : group) told += std::string(other) + ",";
                           emit(group.empty() ? told + "none" : told);
                         })
      .write_lines(job.output(), write_text);
}

std::vector<std::string> texts() {
  std::string hot, many, large = std::string(std::size_t{1} << 20U, 'x') + "\n\na\n" + std::string(99'999, 'x') + "\n";
  for (int i = 0; i < 3000; ++i) hot += (i % 10 == 7 ? std::to_string(i * 7919 % 611) : std::string("hot")) + '\n';
  for (int i = 0; i < 4000; ++i) many += std::to_string(i * i % 9973) + '\n';
  return {"", "one\n", "\n\n\n", hot, many, large};
}

}  // namespace

TEST_CASE("groups hold what a plain program finds, in the order of the input, whatever ranks and threads") {
  for (auto const& text : texts()) {
    auto const path = text_file(text);
    auto const expected = plain_groups(lines_of(text));
    std::map<std::uint32_t, std::string> digests;
    for (auto const& shape : dataset_shapes()) {
      CAPTURE(text.substr(0, 20));
      CAPTURE(shape.partitions);
      auto const done = run_datasets(shape.options(), [&](Job& job) { group(job, path); });
      CHECK(bag(done.text) == expected);
      CHECK(digests.emplace(shape.partitions, done.digest).first->second == done.digest);
    }
  }
}

TEST_CASE("a join finds all matches of each element, in the order of the input") {
  auto const all = texts();
  for (auto const& left : {all[0], all[1], all[3]})
    for (auto const& right : {all[0], all[1], all[4]}) {
      auto const left_path = text_file(left), right_path = text_file(right);
      auto const expected = plain_join(lines_of(left), lines_of(right));
      std::map<std::uint32_t, std::string> digests;
      for (auto const& shape : dataset_shapes()) {
        auto const done = run_datasets(shape.options(), [&](Job& job) { join(job, left_path, right_path); });
        CHECK(bag(done.text) == expected);
        CHECK(digests.emplace(shape.partitions, done.digest).first->second == done.digest);
      }
    }
}

TEST_CASE("a join of two results that were both sent before") {
  auto const path = text_file(texts()[3]);
  auto const words = lines_of(texts()[3]);
  std::set<std::string> const different(words.begin(), words.end());
  for (auto const& shape : dataset_shapes()) {
    auto const done = run_datasets(shape.options(), [&](Job& job) {
      auto const same = [](std::string_view line) { return line; };
      auto left = pel::read_lines(job, {path}).distinct();
      auto right = pel::read_lines(job, {path}).distinct();
      auto const n = std::move(left)
                         .join<std::string>(std::move(right), same, same,
                                            [](auto line, auto const& group, auto emit) {
                                              for (auto const other : group)
                                                emit(std::string(line) + std::string(other));
                                            })
                         .write_lines(job.output(), write_text);
      CHECK(n == different.size());
    });
    std::multiset<std::string> expected;
    for (auto const& word : different) expected.insert(word + word);
    CHECK(bag(done.text) == expected);
  }
}

TEST_CASE("sorting is stable, up and down, wherever equal keys are cut") {
  for (auto const& text : texts()) {
    auto const path = text_file(text);
    auto up = lines_of(text), down = up;
    std::stable_sort(up.begin(), up.end(), [](auto const& a, auto const& b) { return head_of(a) < head_of(b); });
    std::stable_sort(down.begin(), down.end(), [](auto const& a, auto const& b) { return head_of(a) > head_of(b); });
    for (auto const& shape : dataset_shapes()) {
      CAPTURE(text.substr(0, 20));
      CAPTURE(shape.partitions);
      auto const ascending = run_datasets(shape.options(), [&](Job& job) {
        pel::read_lines(job, {path}).sort_by(head_of).write_lines(job.output(), write_text);
      });
      auto const descending = run_datasets(shape.options(), [&](Job& job) {
        pel::read_lines(job, {path}).sort_descending_by(head_of).write_lines(job.output(), write_text);
      });
      CHECK(ascending.text == joined(up));
      CHECK(descending.text == joined(down));
    }
  }
}

TEST_CASE("numbers are sorted as numbers, in parts of about equal size") {
  constexpr std::uint64_t n = 20'000;
  auto const make = [](std::uint64_t i) {
    return static_cast<double>(pel::base::mix64(i) >> 40U) - 8e6 - (i % 3 ? 0.5 : 0);
  };
  std::vector<double> expected;
  for (std::uint64_t i = 0; i < n; ++i) expected.push_back(make(i));
  std::sort(expected.begin(), expected.end());
  for (auto const& shape : dataset_shapes()) {
    (void)run_datasets(shape.options(), [&](Job& job) {
      auto const sorted = pel::generate<double>(job, n, make).sort_by(pel::itself);
      CHECK(sorted.collect() == expected);
      auto const largest = sorted.map_partitions<std::uint64_t>([](auto block, auto emit) { emit(block.size()); });
      CHECK(largest.collect().size() >= std::min<std::size_t>(shape.partitions, n / 1024));
    });
  }
}

TEST_CASE("any lines are grouped, joined and sorted as plain programs do it") {
  seed_properties(std::getenv("PEL_TEST_SMALL") == nullptr ? 20 : 4);
  CHECK(rc::check("lines", [&] {
    auto const letters = rc::gen::elementOf(std::string("aabc\n\n"));
    auto const text = *rc::gen::scale(3.0, rc::gen::container<std::string>(letters));
    auto const other = *rc::gen::container<std::string>(letters);
    auto const path = text_file(text), other_path = text_file(other);
    auto const lines = lines_of(text);
    auto const shape = *rc::gen::elementOf(dataset_shapes());
    RC_ASSERT(bag(run_datasets(shape.options(), [&](Job& job) { group(job, path); }).text) == plain_groups(lines));
    RC_ASSERT(bag(run_datasets(shape.options(), [&](Job& job) { join(job, path, other_path); }).text) ==
              plain_join(lines, lines_of(other)));
    auto sorted = lines;
    std::stable_sort(sorted.begin(), sorted.end());
    auto const done = run_datasets(shape.options(), [&](Job& job) {
      pel::read_lines(job, {path}).sort_by(pel::itself).write_lines(job.output(), write_text);
    });
    RC_ASSERT(done.text == joined(sorted));
  }));
}
