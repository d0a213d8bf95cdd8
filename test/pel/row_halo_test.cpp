#include "pel/row_halo.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "run_kernel.hpp"
#include "web.hpp"

namespace {

using pel::Partition;
using pel::RowHalo;
using pel::Vote;
using pel::test::run_kernel;
using pel::test::shapes;
using pel::test::targets_of;
using pel::test::Web;
using pel::test::Words;

bool marked(std::uint64_t from, std::uint64_t to) { return pel::base::mix64(from + 7 * to) % 3 == 0; }

// For each cell, its arcs to targets of its targets that are targets of its own: found in the rows of the targets,
// of which this rank has at least those entries.
class Corners {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  Corners(std::shared_ptr<Web const> web, Partition part, RowHalo::Settings settings)
      : first_(web->block().first(part.id)),
        owned_(web->layout()->plan.owned()),
        marks_(settings.marked),
        rows_(web->rows(part)),
        given_(rows_),
        halo_(web->layout(), web->slot(part), settings),
        found_(rows_.size()),
        rounds_(rows_.size()) {
    for (std::uint64_t i = 0; i < given_.size() && marks_; ++i) {
      auto const targets = targets_of(first_ + i, web->cells());
      for (std::size_t k = 0; k < targets.size(); ++k)
        if (marked(first_ + i, targets[k])) given_[i][k] |= RowHalo::mark;
    }
  }

  Vote superstep(pel::Superstep<Corners>& step) {
    if (!halo_.started()) {
      for (std::uint32_t i = 0; i < rows_.size(); ++i) halo_.set(i, given_[i]);
      found_.assign(rows_.size(), 0);
      rounds_.assign(rows_.size(), 0);
    } else {
      for (std::uint32_t i = 0; i < rows_.size(); ++i) look(i);
    }
    if (halo_.finished()) return Vote::halt;
    step.publish(halo_);
    return Vote::go_on;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "rows", halo_, "found", found_, "rounds", rounds_); }
  void write(pel::Output& out) const { out.column("found", found_); }

 private:
  void look(std::uint32_t i) {
    for (auto const target : rows_[i]) {
      // Own rows are there in every round, those of mirrors in one.
      bool const own = target < owned_;
      if (!halo_.has(target) || (own && rounds_[i] > 0)) continue;
      for (auto const entry : halo_[target]) {
        auto const slot = marks_ ? entry & ~RowHalo::mark : entry;
        if (std::find(rows_[i].begin(), rows_[i].end(), slot) == rows_[i].end()) continue;
        found_[i] += entry != slot ? 100U : 1U;
      }
    }
    ++rounds_[i];
  }

  std::uint64_t first_;
  std::uint32_t owned_;
  bool marks_;
  std::vector<std::vector<std::uint32_t>> rows_, given_;
  RowHalo halo_;
  std::vector<std::uint64_t> found_, rounds_;
};

std::string found_plainly(std::uint64_t n, bool marks) {
  std::string text;
  for (std::uint64_t c = 0; c < n; ++c) {
    std::uint64_t found = 0;
    auto const mine = targets_of(c, n);
    for (auto const target : mine)
      for (auto const other : targets_of(target, n))
        if (std::find(mine.begin(), mine.end(), other) != mine.end())
          found += marks && marked(target, other) ? 100U : 1U;
    text += std::to_string(found) + "\n";
  }
  return text;
}

auto look(std::uint64_t n, Words const& options, RowHalo::Settings settings) {
  std::shared_ptr<Web const> web;
  return run_kernel(
      options, [&](Partition p) { return Corners(web, p, settings); },
      [&](pel::engine::JobCore& core) { web = std::make_shared<Web const>(core, n); });
}

}  // namespace

TEST_CASE("rows arrive whole, in one round or in many, with marks and without") {
  for (auto const& shape : shapes())
    for (std::uint64_t const n : {0U, 1U, 5U, 100U, 2000U})
      for (std::uint64_t const bytes : {std::uint64_t{1}, std::uint64_t{4000}, std::uint64_t{1} << 26U}) {
        if (bytes == 1 && n > 100) continue;
        bool const marks = n % 2 == 0;
        CAPTURE(n);
        CAPTURE(bytes);
        CAPTURE(shape.partitions);

        auto const ran = look(n, shape.options(), {.marked = marks, .bytes_a_round = bytes});

        CHECK(ran.text == found_plainly(n, marks));
      }
}

TEST_CASE("a bound on the bytes of a round makes more rounds") {
  if (pel::test::ranks() == 1) return;
  Words const options{"--partitions", "8"};

  auto const in_one = look(2000, options, {.marked = false, .bytes_a_round = std::uint64_t{1} << 26U});
  auto const in_many = look(2000, options, {.marked = false, .bytes_a_round = 4000});

  CHECK(in_one.outcome.supersteps == 2);
  CHECK(in_many.outcome.supersteps > 3);
}

TEST_CASE("after a rebuild in the middle the kernel begins again") {
  for (int k = 0; k < 4; ++k) {
    Words const options{"--partitions", "8", "--rebuild-at", std::to_string(k)};
    CHECK(look(2000, options, {.marked = true, .bytes_a_round = 4000}).text == found_plainly(2000, true));
  }
}
