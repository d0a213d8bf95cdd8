#include "pel/least.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "pel/error.hpp"
#include "run_kernel.hpp"
#include "web.hpp"

namespace {

using pel::Least;
using pel::Partition;
using pel::Vote;
using pel::test::run_kernel;
using pel::test::Shape;
using pel::test::shapes;
using pel::test::targets_of;
using pel::test::Web;
using pel::test::with;
using pel::test::WithFault;
using pel::test::Words;

template <class T>
constexpr T far = std::numeric_limits<T>::has_infinity ? std::numeric_limits<T>::infinity()
                                                       : std::numeric_limits<T>::max();

// The length of an arc: a sum of such rounds the same on any path order, as there is only one order on a path.
template <class T>
T length_of(std::uint64_t from, std::uint64_t to) {
  return static_cast<T>(1 + pel::base::mix64(from * 31 + to) % 100) / (std::is_same_v<T, double> ? 7 : 1);
}

template <class T>
std::string text_of(T value) {
  if constexpr (!std::is_floating_point_v<T>) return std::to_string(value);
  char text[64];
  std::snprintf(text, sizeof text, "%a", static_cast<double>(value));
  return text;
}

// Distances from cell 0: what has changed lowers its targets, until nothing falls.
template <class T>
class Reach {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::Sum<std::uint64_t>;  // changed cells

  Reach(std::shared_ptr<Web const> web, Partition part)
      : web_(std::move(web)),
        first_(web_->block().first(part.id)),
        rows_(web_->rows(part)),
        distance_(web_->layout(), web_->slot(part), far<T>) {
    if (first_ == 0 && distance_.size() > 0) distance_.store(0, T{0});
  }

  Vote superstep(pel::Superstep<Reach>& step) {
    distance_.for_each_changed([&](std::uint32_t i) {
      auto const targets = targets_of(first_ + i, web_->cells());
      for (std::size_t k = 0; k < targets.size(); ++k)
        distance_.lower(rows_[i][k], distance_.own(i) + length_of<T>(first_ + i, targets[k]));
    });
    step.contribute({distance_.own_changed()});
    step.publish(distance_);
    return step.number() > 0 && step.aggregate().value == 0 ? Vote::halt : Vote::go_on;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "distance", distance_); }
  void write(pel::Output& out) const {
    std::vector<std::string> lines;
    for (std::uint32_t i = 0; i < distance_.size(); ++i) lines.push_back(text_of(distance_.own(i)));
    out.column("distance", lines);
  }

 private:
  std::shared_ptr<Web const> web_;
  std::uint64_t first_;
  std::vector<std::vector<std::uint32_t>> rows_;
  Least<T> distance_;
};

template <class T>
std::string reached_plainly(std::uint64_t n) {
  std::vector<T> distance(n, far<T>);
  if (n > 0) distance[0] = 0;
  for (bool fell = n > 0; fell;) {
    fell = false;
    for (std::uint64_t c = 0; c < n; ++c) {
      if (distance[c] == far<T>) continue;
      for (auto const target : targets_of(c, n))
        if (auto const there = distance[c] + length_of<T>(c, target); there < distance[target]) {
          distance[target] = there;
          fell = true;
        }
    }
  }
  std::string text;
  for (auto const value : distance) text += text_of(value) + "\n";
  return text;
}

template <class T>
auto reach(std::uint64_t n, Words const& options) {
  std::shared_ptr<Web const> web;
  return run_kernel(
      options, [&](Partition p) { return Reach<T>(web, p); },
      [&](pel::engine::JobCore& core) { web = std::make_shared<Web const>(core, n); });
}

template <class T>
void check_reach(std::uint64_t n) {
  auto const expected = reached_plainly<T>(n);
  for (auto const& shape : shapes()) {
    CAPTURE(n);
    CAPTURE(shape.partitions);
    CAPTURE(shape.threads);
    CHECK(reach<T>(n, shape.options()).text == expected);
  }
}

}  // namespace

TEST_CASE("all that is lowered ends in the least, whoever lowers it") {
  for (std::uint64_t const n : {0U, 1U, 5U, 3000U}) {
    check_reach<std::uint32_t>(n);
    check_reach<std::uint64_t>(n);
    check_reach<double>(n);
  }
}

TEST_CASE("after a rebuild what is not initial counts as changed, and the end is the same") {
  auto const expected = reached_plainly<double>(500);
  for (int k = 0; k < 6; ++k)
    CHECK(reach<double>(500, {"--partitions", "8", "--rebuild-at", std::to_string(k)}).text == expected);
}

TEST_CASE("a job that fails and is resumed ends in the same") {
  auto const expected = reached_plainly<std::uint32_t>(500);
  for (int s = 1; s < 6; ++s) {
    Words const options{"--partitions",      "8",    "--checkpoint-every", "1",
                        "--checkpoint-mode", "sync", "--checkpoint-dir",   pel::test::fresh_path(".ckpt")};
    {
      WithFault const fault("point=superstep,partition=0,action=throw,superstep=" + std::to_string(s));
      CHECK_THROWS_AS((void)reach<std::uint32_t>(500, options), pel::KernelFailed);
    }

    auto const resumed = reach<std::uint32_t>(500, with(options, {"--resume"}));

    CHECK(resumed.outcome.resumed_from == s - 1);
    CHECK(resumed.text == expected);
  }
}
