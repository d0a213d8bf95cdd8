#include "comm/halo_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "base/hash.hpp"
#include "support/mpi_test.hpp"

using pel::base::mix64;
using pel::comm::Communicator;
using pel::comm::HaloNeed;
using pel::comm::HaloPlan;

namespace {

// Who owns how much and wants what: every rank can compute it for all.
struct Wants {
  std::uint64_t seed = 0;
  std::uint32_t most_owned = 0;
  unsigned percent = 0;  // of the entries of others that a rank wants

  [[nodiscard]] std::uint32_t owned(int rank) const {
    return static_cast<std::uint32_t>(mix64(seed + static_cast<std::uint64_t>(rank) + 1) % (most_owned + 1));
  }
  [[nodiscard]] std::vector<HaloNeed> needs(int rank, int ranks) const {
    std::vector<HaloNeed> all;
    for (int owner = 0; owner < ranks; ++owner) {
      if (owner == rank) continue;
      HaloNeed need{owner, {}};
      for (std::uint32_t i = 0; i < owned(owner); ++i)
        if (mix64(seed + mix64(static_cast<std::uint64_t>(rank) * 100 + static_cast<std::uint64_t>(owner)) + i) % 100 <
            percent)
          need.entries.push_back(i);
      all.push_back(std::move(need));  // may want nothing
    }
    return all;
  }
  // Values that others want of this rank, each counted once for each of them.
  [[nodiscard]] std::uint64_t entries_out(int rank, int ranks) const {
    std::uint64_t n = 0;
    for (int other = 0; other < ranks; ++other)
      for (auto const& need : needs(other, ranks))
        if (need.owner == rank) n += need.entries.size();
    return n;
  }
};

// The value of entry i of a rank in a round.
template <class Value>
Value value_of(int rank, std::uint32_t i, int round) {
  Value value{};
  auto state = mix64(static_cast<std::uint64_t>(rank) << 40U ^ static_cast<std::uint64_t>(round) << 32U ^ i);
  auto* const bytes = reinterpret_cast<std::byte*>(&value);
  for (std::size_t k = 0; k < sizeof value; ++k) {
    bytes[k] = static_cast<std::byte>(state >> 56U);
    state = mix64(state);
  }
  return value;
}

template <class Value>
void check_ship(HaloPlan const& plan, Wants const& wants, int me, int ranks) {
  for (int round = 0; round < 3; ++round) {
    std::vector<Value> expected;
    for (std::uint32_t i = 0; i < wants.owned(me); ++i) expected.push_back(value_of<Value>(me, i, round));
    std::vector<Value> values(plan.owned() + std::size_t{plan.mirrors()});
    std::copy(expected.begin(), expected.end(), values.begin());
    for (auto const& need : wants.needs(me, ranks))
      for (auto const i : need.entries) expected.push_back(value_of<Value>(need.owner, i, round));

    plan.ship(reinterpret_cast<std::byte*>(values.data()), sizeof(Value));

    // Bit by bit: some of the values are NaN.
    bool const same =
        values.size() == expected.size() &&
        (values.empty() || std::memcmp(values.data(), expected.data(), values.size() * sizeof(Value)) == 0);
    CHECK(same);
  }
}

void check_plan(Wants const& wants) {
  auto const communicator = Communicator::world();
  auto const me = communicator.rank(), ranks = communicator.size();

  auto const plan = HaloPlan::make(communicator, wants.owned(me), wants.needs(me, ranks));
  (void)communicator.all_gather("");  // the collective between plans

  CHECK(plan.owned() == wants.owned(me));
  CHECK(plan.entries_out() == wants.entries_out(me, ranks));
  check_ship<double>(plan, wants, me, ranks);
  check_ship<float>(plan, wants, me, ranks);
  check_ship<std::uint8_t>(plan, wants, me, ranks);
  check_ship<std::array<std::uint16_t, 5>>(plan, wants, me, ranks);
}

}  // namespace

TEST_CASE("every mirror holds its owner's value") {
  check_plan({.seed = 1, .most_owned = 40, .percent = 30});
  check_plan({.seed = 2, .most_owned = 40, .percent = 100});
  check_plan({.seed = 3, .most_owned = 3000, .percent = 2});
}

TEST_CASE("a plan in which nobody wants anything, or nobody has anything, ships nothing") {
  check_plan({.seed = 4, .most_owned = 20, .percent = 0});
  check_plan({.seed = 5, .most_owned = 0, .percent = 100});
}

TEST_CASE("halos of many blocks arrive, from lists and from runs of entries") {
  check_plan({.seed = 6, .most_owned = 100'000, .percent = 97});
  check_plan({.seed = 7, .most_owned = 100'000, .percent = 100});
}

TEST_CASE("a rod of cells ships one value to each side") {
  auto const communicator = Communicator::world();
  int const me = communicator.rank(), last = communicator.size() - 1;
  std::vector<HaloNeed> needs;
  if (me > 0) needs.push_back({me - 1, {3}});
  if (me < last) needs.push_back({me + 1, {0}});
  auto const plan = HaloPlan::make(communicator, 4, needs);
  std::vector<double> rod(4 + needs.size());
  for (int i = 0; i < 4; ++i) rod[static_cast<std::size_t>(i)] = 4 * me + i;

  plan.ship(reinterpret_cast<std::byte*>(rod.data()), sizeof(double));

  CHECK(plan.entries_out() == needs.size());
  if (me > 0) CHECK(rod[4] == 4 * me - 1);
  if (me < last) CHECK(rod.back() == 4 * me + 4);
}
