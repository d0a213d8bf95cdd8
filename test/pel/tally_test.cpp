#include "pel/tally.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "run_kernel.hpp"
#include "web.hpp"

namespace {

using pel::Partition;
using pel::Tally;
using pel::Vote;
using pel::test::run_kernel;
using pel::test::shapes;
using pel::test::targets_of;
using pel::test::Web;
using pel::test::Words;

constexpr int supersteps = 5;

bool publishes(std::int64_t s) { return s != 2; }  // what is added then is published one later
std::uint64_t weight_of(std::uint64_t cell, std::int64_t s) {
  auto const random = pel::base::mix64(cell * 8 + static_cast<std::uint64_t>(s));
  return s == 3 ? 0 : random % 3 == 0 ? random >> 4U : 0;
}

// Each cell adds to its targets.
class Votes {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  Votes(std::shared_ptr<Web const> web, Partition part)
      : first_(web->block().first(part.id)),
        rows_(web->rows(part)),
        votes_(web->layout(), web->slot(part)),
        seen_(rows_.size()) {}

  Vote superstep(pel::Superstep<Votes>& step) {
    for (std::uint32_t i = 0; i < votes_.size(); ++i) seen_[i] = 3 * seen_[i] + votes_.own(i);
    if (step.number() == supersteps) return Vote::halt;
    auto lane = step.lane(votes_);
    for (std::uint32_t i = 0; i < rows_.size(); ++i)
      for (auto const slot : rows_[i]) lane.add(slot, weight_of(first_ + i, step.number()));
    if (publishes(step.number())) step.publish(votes_);
    return Vote::go_on;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "votes", votes_, "seen", seen_); }
  void write(pel::Output& out) const { out.column("seen", seen_); }

 private:
  std::uint64_t first_;
  std::vector<std::vector<std::uint32_t>> rows_;
  Tally votes_;
  std::vector<std::uint64_t> seen_;
};

std::string counted_plainly(std::uint64_t n) {
  std::vector<std::uint64_t> total(n), waiting(n), seen(n);
  for (int s = 0; s < supersteps; ++s) {
    for (std::uint64_t c = 0; c < n; ++c) {
      seen[c] = 3 * seen[c] + total[c];
      for (auto const target : targets_of(c, n)) waiting[target] += weight_of(c, s);
    }
    for (std::uint64_t c = 0; c < n && publishes(s); ++c) total[c] += std::exchange(waiting[c], 0U);
  }
  std::string text;
  for (std::uint64_t c = 0; c < n; ++c) text += std::to_string(3 * seen[c] + total[c]) + "\n";
  return text;
}

std::string count(std::uint64_t n, Words const& options) {
  std::shared_ptr<Web const> web;
  return run_kernel(
             options, [&](Partition p) { return Votes(web, p); },
             [&](pel::engine::JobCore& core) { web = std::make_shared<Web const>(core, n); })
      .text;
}

}  // namespace

TEST_CASE("owners have the sum of all that was added anywhere") {
  for (auto const& shape : shapes())
    for (std::uint64_t const n : {0U, 1U, 5U, 100U, 3000U}) {
      CAPTURE(n);
      CAPTURE(shape.partitions);
      CAPTURE(shape.threads);
      CHECK(count(n, shape.options()) == counted_plainly(n));
    }
}

TEST_CASE("totals outlive a rebuild after a superstep in which they were published") {
  for (int const k : {0, 1, 3, 4})
    CHECK(count(200, {"--partitions", "8", "--rebuild-at", std::to_string(k)}) == counted_plainly(200));
}
