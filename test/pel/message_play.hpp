// A job of messages, and the same played through in one loop.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "message_kinds.hpp"
#include "pel/fields.hpp"
#include "pel/message.hpp"
#include "run_kernel.hpp"

namespace pel::test {

using base::mix64;
using kinds::text_of;

// How much is sent, and for how long.
struct Plan {
  std::uint64_t seed = 0;
  int supersteps = 3;       // that send
  std::uint64_t most = 40;  // messages of a partition in a superstep
  std::uint64_t keys = 25;  // distinct ones, about
};

template <class Kind>
struct Posted {
  std::uint32_t to;
  typename Kind::Key key;
  typename Kind::Value value;
};

// What a partition sends in a superstep, in the order of sending.
template <class Kind>
std::vector<Posted<Kind>> posts(Plan const& plan, Partition part, std::int64_t superstep) {
  auto const draw = [&](std::uint64_t i) {
    return mix64(mix64(mix64(plan.seed * 977 + part.index()) + static_cast<std::uint64_t>(superstep)) + i);
  };
  std::vector<Posted<Kind>> all;
  auto const n = draw(1) % (plan.most + 1);
  for (std::uint64_t i = 0; i < n; ++i) {
    auto const number = draw(100 + i);
    auto const keys = (part.index() + static_cast<std::size_t>(superstep)) % 3 == 0 ? plan.keys / 10 + 1 : plan.keys;
    all.push_back({static_cast<std::uint32_t>(mix64(number) % part.count), Kind::key(mix64(number + 1) % keys),
                   Kind::value(mix64(number + 2))});
  }
  return all;
}

template <class Kind>
std::string line_of(std::int64_t superstep, typename Kind::Key const& key, typename Kind::Value const& value) {
  return std::to_string(superstep) + " " + text_of(key) + " " + text_of(value);
}

// Sends what the plan says and notes what it finds.
template <class Kind>
class Mail {
 public:
  using Message = pel::Message<typename Kind::Key, typename Kind::Value, typename Kind::Combiner>;
  using Aggregate = pel::NoAggregate;
  Mail(Plan plan, Partition part) : plan_(plan), part_(part) {}

  Vote superstep(pel::Superstep<Mail>& step) {
    for (auto const& [key, value] : step.inbox()) found_.push_back(line_of<Kind>(step.number(), key, value));
    if (step.number() == plan_.supersteps) return Vote::halt;
    for (auto& post : posts<Kind>(plan_, part_, step.number()))
      step.send(partition_id(post.to), std::move(post.key), std::move(post.value));
    return Vote::go_on;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "found", found_); }
  void write(pel::Output& out) const { out.column("line", found_); }

 private:
  Plan plan_;
  Partition part_;
  std::vector<std::string> found_;
};

// A partition's inbox, made one message after the other.
template <class Kind>
class Box {
 public:
  using Key = typename Kind::Key;
  using Value = typename Kind::Value;

  // All messages of one source, in the order of sending; sources ascend.
  void add(std::vector<std::pair<Key, Value>> const& letters) {
    if constexpr (std::is_same_v<typename Kind::Combiner, pel::NoCombiner>) {
      for (auto const& [key, value] : letters) box_[key].push_back(value);
    } else {
      std::map<Key, Value> of_source;
      for (auto const& [key, value] : letters) fold(of_source, key, value);
      for (auto const& [key, value] : of_source) {
        if (box_[key].empty())
          box_[key].push_back(value);
        else
          box_[key][0] = typename Kind::Combiner{}(Value(box_[key][0]), value);
      }
    }
  }
  void append_lines(std::int64_t superstep, std::string& text) const {
    for (auto const& [key, values] : box_)
      for (auto&& value : values) text += line_of<Kind>(superstep, key, value) + "\n";
  }

 private:
  static void fold(std::map<Key, Value>& folded, Key const& key, Value const& value) {
    if (auto const at = folded.find(key); at != folded.end())
      at->second = typename Kind::Combiner{}(at->second, value);
    else
      folded.emplace(key, value);
  }
  std::map<Key, std::vector<Value>> box_;
};

template <class Kind>
std::string played_through(Plan const& plan, std::uint32_t partitions) {
  std::vector<std::string> found(partitions);
  for (std::int64_t s = 0; s < plan.supersteps; ++s) {
    std::vector<Box<Kind>> boxes(partitions);
    for (std::uint32_t from = 0; from < partitions; ++from) {
      std::vector<std::vector<std::pair<typename Kind::Key, typename Kind::Value>>> letters(partitions);
      for (auto& post : posts<Kind>(plan, {partition_id(from), partitions}, s))
        letters[post.to].emplace_back(std::move(post.key), std::move(post.value));
      for (std::uint32_t to = 0; to < partitions; ++to) boxes[to].add(letters[to]);
    }
    for (std::uint32_t to = 0; to < partitions; ++to) boxes[to].append_lines(s + 1, found[to]);
  }
  std::string text;
  for (auto const& lines : found) text += lines;
  return text;
}

template <class Kind>
void check_run(Plan const& plan, Shape const& shape) {
  auto const ran = run_kernel(shape.options(), [&](Partition p) { return Mail<Kind>(plan, p); });

  CAPTURE(shape.partitions);
  CAPTURE(shape.threads);
  CHECK_FALSE(ran.text.empty());
  if (rank() != 0) return;  // all read the same file
  bool const same = ran.text == played_through<Kind>(plan, shape.partitions);
  CHECK(same);  // not the texts: they are long
}

// Few keys and many, few messages and many.
template <class Kind>
void check_messages(std::uint64_t seed) {
  for (auto const& shape : shapes()) {
    if (std::getenv("PEL_TEST_SMALL") != nullptr && shape.partitions == 64) continue;
    check_run<Kind>({.seed = seed, .supersteps = 3, .most = 40, .keys = 25}, shape);
    if (shape.partitions != 8 || shape.threads != 2) continue;
    check_run<Kind>({.seed = seed + 1, .supersteps = 2, .most = 2000, .keys = 300}, shape);
    check_run<Kind>({.seed = seed + 2, .supersteps = 2, .most = 900, .keys = 100'000}, shape);
  }
}

}  // namespace pel::test
