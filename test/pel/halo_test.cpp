#include "pel/halo.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "pel/error.hpp"
#include "rod.hpp"
#include "run_kernel.hpp"

namespace {

using pel::Halo;
using pel::Partition;
using pel::Vote;
using pel::test::Rod;
using pel::test::run_kernel;
using pel::test::Shape;
using pel::test::shapes;

constexpr int supersteps = 7;

// A value of more than a number.
struct Cell {
  double heat = 0;
  std::int32_t changes = 0;
  void serialize(auto& archive, unsigned) { pel::fields(archive, "heat", heat, "changes", changes); }
};

Cell start_of(std::uint64_t cell) { return {1.0 / (1.0 + static_cast<double>(cell)), 0}; }
Cell next_of(Cell const& before, Cell const& here, Cell const& after) {
  return {0.25 * before.heat + 0.5 * here.heat + 0.3 * after.heat, here.changes + before.changes + 1};
}
bool publishes(std::size_t partition, std::int64_t s) { return (partition + static_cast<std::size_t>(s)) % 3 != 2; }
bool sets(std::uint64_t cell, std::int64_t s) { return (cell + static_cast<std::uint64_t>(s)) % 4 != 0; }

std::string text_of(Cell const& cell) {
  char text[64];
  std::snprintf(text, sizeof text, "%a/%d", cell.heat, cell.changes);
  return text;
}

// Warms the rod; some partitions do not publish, some cells are not set.
class Warming {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  Warming(std::shared_ptr<Rod const> rod, Partition part)
      : rod_(std::move(rod)), first_(rod_->block().first(part.id)), cells_(rod_->halo<Cell>(part)) {
    for (std::uint32_t i = 0; i < cells_.size(); ++i) cells_.set(i, start_of(first_ + i));
  }

  Vote superstep(pel::Superstep<Warming>& step) {
    if (step.number() == supersteps) return Vote::halt;
    if (!publishes(step.partition().index(), step.number())) return Vote::go_on;
    for (std::uint32_t i = 0; i < cells_.size(); ++i) {
      auto const cell = static_cast<std::int64_t>(first_ + i);
      auto const next = next_of(rod_->at(cells_, cell - 1), cells_.own(i), rod_->at(cells_, cell + 1));
      if (sets(first_ + i, step.number())) cells_.set(i, next);
    }
    step.publish(cells_);
    return Vote::go_on;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "cells", cells_); }
  void write(pel::Output& out) const {
    std::vector<std::string> lines;
    for (auto const& cell : cells_.own_values()) lines.push_back(text_of(cell));
    out.column("cell", lines);
  }

 private:
  std::shared_ptr<Rod const> rod_;
  std::uint64_t first_;
  Halo<Cell> cells_;
};

std::string warmed_plainly(std::uint64_t n, std::uint32_t partitions) {
  pel::Block const block(n, partitions);
  std::vector<Cell> rod;
  for (std::uint64_t cell = 0; cell < n; ++cell) rod.push_back(start_of(cell));
  for (int s = 0; s < supersteps; ++s) {
    auto const old = rod;
    for (std::uint64_t cell = 0; cell < n; ++cell)
      if (publishes(index(block.owner(cell)), s) && sets(cell, s))
        rod[cell] = next_of(cell == 0 ? Cell{} : old[cell - 1], old[cell], cell + 1 == n ? Cell{} : old[cell + 1]);
  }
  std::string text;
  for (auto const& cell : rod) text += text_of(cell) + "\n";
  return text;
}

void check_rod(std::uint64_t n, Shape const& shape, pel::test::Words const& more = {}) {
  std::shared_ptr<Rod const> rod;
  auto const ran = run_kernel(
      pel::test::with(shape.options(), more), [&](Partition p) { return Warming(rod, p); },
      [&](pel::engine::JobCore& core) { rod = std::make_shared<Rod const>(core, n); });

  CAPTURE(n);
  CAPTURE(shape.partitions);
  CAPTURE(shape.threads);
  CHECK(ran.text == warmed_plainly(n, shape.partitions));
}

// Partition 0 publishes for a while; the others halt at once and note when they run.
class Beacon {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  Beacon(Rod const& rod, Partition part) : light_(rod.halo<int>(part)) {}

  Vote superstep(pel::Superstep<Beacon>& step) {
    ++ran_;
    if (step.partition().index() != 0) return Vote::halt;
    if (light_.size() > 0) light_.set(0, static_cast<int>(step.number()));
    step.publish(light_);
    return step.number() < 4 ? Vote::go_on : Vote::halt;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "light", light_, "ran", ran_); }
  void write(pel::Output& out) const { out.column("ran", std::vector{ran_}); }

 private:
  Halo<int> light_;
  std::int32_t ran_ = 0;
};

// Forgets to name its halo.
class Nameless {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  Nameless(Rod const& rod, Partition part) : light_(rod.halo<int>(part)) {}
  Vote superstep(pel::Superstep<Nameless>& step) {
    step.publish(light_);
    return Vote::halt;
  }
  void serialize(auto&, unsigned) {}
  void write(pel::Output&) const {}

 private:
  Halo<int> light_;
};

}  // namespace

TEST_CASE("a rod warms the same on any partitions, ranks and threads") {
  for (auto const& shape : shapes())
    for (std::uint64_t const n : {0U, 1U, 5U, 100U, 1000U}) check_rod(n, shape);
  for (std::uint32_t const partitions : {5U, 7U}) check_rod(100, {partitions, 1});
}

TEST_CASE("a halo that is rebuilt in between warms the same") {
  for (int k = 0; k < supersteps; ++k) check_rod(100, {8, 2}, {"--rebuild-at", std::to_string(k)});
}

TEST_CASE("publishing wakes nobody") {
  for (auto const& shape : shapes()) {
    std::shared_ptr<Rod const> rod;
    auto const ran = run_kernel(
        shape.options(), [&](Partition p) { return Beacon(*rod, p); },
        [&](pel::engine::JobCore& core) { rod = std::make_shared<Rod const>(core, 64); });

    std::string expected = "5\n";
    for (std::uint32_t p = 1; p < shape.partitions; ++p) expected += "1\n";
    CHECK(ran.text == expected);
  }
}

TEST_CASE("publishing a halo that serialize() does not name is an error on all ranks") {
  std::shared_ptr<Rod const> rod;
  auto const run = [&] {
    (void)run_kernel(
        {"--partitions", "8"}, [&](Partition p) { return Nameless(*rod, p); },
        [&](pel::engine::JobCore& core) { rod = std::make_shared<Rod const>(core, 64); });
  };

  CHECK_THROWS_WITH_AS(run(), doctest::Contains("serialize()"), pel::KernelFailed);
}
