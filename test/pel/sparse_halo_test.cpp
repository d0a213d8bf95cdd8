#include "pel/sparse_halo.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "run_kernel.hpp"
#include "web.hpp"

namespace {

using pel::Partition;
using pel::SparseHalo;
using pel::Vote;
using pel::test::run_kernel;
using pel::test::Shape;
using pel::test::shapes;
using pel::test::targets_of;
using pel::test::Web;

constexpr int supersteps = 9;

std::uint64_t start_of(std::uint64_t cell) { return pel::base::mix64(cell); }
bool publishes(std::size_t partition, std::int64_t s) { return (partition + static_cast<std::size_t>(s)) % 5 != 2; }
// From nearly all down to nearly none, and back.
bool sets(std::uint64_t cell, std::int64_t s) {
  return pel::base::mix64(cell * 16 + static_cast<std::uint64_t>(s)) % 64 >> (2 * (s % 5)) == 0;
}
// Some of what is set is what was there already.
std::uint64_t next_of(std::uint64_t here, std::uint64_t sum, std::int64_t s) { return s % 4 == 3 ? here : here + sum; }

// What a cell sees: the sum of its targets, and how many of them changed.
struct Cell {
  std::uint64_t value = 0, seen_changes = 0, own_changes = 0;
};

class Weave {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  Weave(std::shared_ptr<Web const> web, Partition part)
      : first_(web->block().first(part.id)),
        rows_(web->rows(part)),
        values_(web->layout(), web->slot(part)),
        seen_(rows_.size()),
        changes_(rows_.size()) {
    for (std::uint32_t i = 0; i < values_.size(); ++i) values_.set(i, start_of(first_ + i));
  }

  Vote superstep(pel::Superstep<Weave>& step) {
    auto const s = step.number();
    if (s > 0) {  // before, all count as changed
      values_.for_each_changed([&](std::uint32_t i) { ++changes_[i]; });
      for (std::uint32_t i = 0; i < rows_.size(); ++i)
        for (auto const slot : rows_[i]) seen_[i] += values_.changed(slot) ? 1U : 0U;
    }
    if (s == supersteps) return Vote::halt;
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
      std::uint64_t sum = 0;
      for (auto const slot : rows_[i]) sum += values_[slot];
      if (sets(first_ + i, s)) values_.set(i, next_of(values_.own(i), sum, s));
    }
    if (publishes(step.partition().index(), s)) step.publish(values_);
    return Vote::go_on;
  }
  void serialize(auto& archive, unsigned) {
    pel::fields(archive, "values", values_, "seen", seen_, "changes", changes_);
  }
  void write(pel::Output& out) const {
    std::vector<std::string> lines;
    for (std::uint32_t i = 0; i < rows_.size(); ++i)
      lines.push_back(std::to_string(values_.own(i)) + " " + std::to_string(seen_[i]) + " " +
                      std::to_string(changes_[i]));
    out.column("cell", lines);
  }

 private:
  std::uint64_t first_;
  std::vector<std::vector<std::uint32_t>> rows_;
  SparseHalo<std::uint64_t> values_;
  std::vector<std::uint64_t> seen_, changes_;
};

// The same in one array. `rebuilt`: the superstep after which all count as changed, or -1.
std::string woven_plainly(std::uint64_t n, std::uint32_t partitions, int rebuilt) {
  pel::Block const block(n, partitions);
  std::vector<Cell> cells(n);
  for (std::uint64_t c = 0; c < n; ++c) cells[c].value = start_of(c);
  std::vector<bool> changed(n, true);
  for (int s = 0; s < supersteps; ++s) {
    auto const old = cells;
    bool published = false;  // by anybody; else what changed is still that of the publication before
    for (std::uint32_t p = 0; p < partitions; ++p) published = published || publishes(p, s);
    for (std::uint64_t c = 0; c < n; ++c) {
      std::uint64_t sum = 0;
      for (auto const target : targets_of(c, n)) sum += old[target].value;
      if (publishes(index(block.owner(c)), s) && sets(c, s)) cells[c].value = next_of(old[c].value, sum, s);
      if (published) changed[c] = cells[c].value != old[c].value;
      if (s == rebuilt) changed[c] = true;
    }
    for (std::uint64_t c = 0; c < n; ++c) {
      cells[c].own_changes += changed[c] ? 1U : 0U;
      for (auto const target : targets_of(c, n)) cells[c].seen_changes += changed[target] ? 1U : 0U;
    }
  }
  std::string text;
  for (auto const& cell : cells)
    text += std::to_string(cell.value) + " " + std::to_string(cell.seen_changes) + " " +
            std::to_string(cell.own_changes) + "\n";
  return text;
}

void check_web(std::uint64_t n, Shape const& shape, int rebuilt = -1) {
  std::shared_ptr<Web const> web;
  auto const more = rebuilt < 0 ? pel::test::Words{} : pel::test::Words{"--rebuild-at", std::to_string(rebuilt)};
  auto const ran = run_kernel(
      pel::test::with(shape.options(), more), [&](Partition p) { return Weave(web, p); },
      [&](pel::engine::JobCore& core) { web = std::make_shared<Web const>(core, n); });

  CAPTURE(n);
  CAPTURE(shape.partitions);
  CAPTURE(shape.threads);
  CHECK(ran.text == woven_plainly(n, shape.partitions, rebuilt));
}

}  // namespace

TEST_CASE("a web is woven the same on any partitions, ranks and threads, and knows what changed") {
  for (auto const& shape : shapes())
    for (std::uint64_t const n : {0U, 1U, 5U, 100U, 3000U}) check_web(n, shape);
}

TEST_CASE("where the field is rebuilt in between, all counts as changed once more") {
  for (int k = 0; k < supersteps; ++k) check_web(200, {8, 2}, k);
}
