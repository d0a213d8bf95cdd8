#include "comm/sparse_shipping.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "base/hash.hpp"
#include "comm/communicator.hpp"

using pel::base::Bitmap;
using pel::base::mix64;
using pel::comm::Communicator;
using pel::comm::HaloNeed;
using pel::comm::HaloPlan;
using pel::comm::SparseShipping;

namespace {

// A plan that every rank knows of every other.
struct Wants {
  std::uint64_t seed = 0;
  std::uint32_t most_owned = 0;
  std::uint64_t percent = 50;

  [[nodiscard]] std::uint32_t owned(int rank) const {
    return most_owned == 0 ? 0
                           : static_cast<std::uint32_t>(mix64(seed + static_cast<std::uint64_t>(rank)) % most_owned);
  }
  [[nodiscard]] std::vector<HaloNeed> needs(int rank, int ranks) const {
    std::vector<HaloNeed> all;
    for (int owner = 0; owner < ranks; ++owner) {
      if (owner == rank) continue;
      all.push_back({owner, {}});
      for (std::uint32_t i = 0; i < owned(owner); ++i)
        if (mix64(mix64(seed * 64 + static_cast<std::uint64_t>(rank * 8 + owner)) + i) % 100 < percent)
          all.back().entries.push_back(i);
    }
    return all;
  }
};

// Whether entry i of a rank changes, or its mirror on another rank, and to what.
struct Changes {
  std::uint64_t per_mille = 0;
  bool equal = false;

  [[nodiscard]] bool at(int owner, int where, std::uint32_t i) const {
    return mix64(mix64(static_cast<std::uint64_t>(owner * 8 + where) + 3) + i) % 1000 < per_mille;
  }
  [[nodiscard]] std::uint32_t value(int owner, int where, std::uint32_t i) const {
    return equal ? 7 : static_cast<std::uint32_t>(mix64(static_cast<std::uint64_t>(owner * 8 + where) << 32U | i));
  }
};

std::byte* bytes_of(std::vector<std::uint32_t>& values) { return reinterpret_cast<std::byte*>(values.data()); }

void check_forward(HaloPlan const& plan, SparseShipping& shipping, Wants const& wants, Changes const& changes) {
  int const me = plan.communicator().rank();
  std::vector<std::uint32_t> values(plan.owned() + std::size_t{plan.mirrors()}, 1), expected(values);
  Bitmap changed(values.size()), expected_changed(values.size());
  for (std::uint32_t i = 0; i < plan.owned(); ++i)
    if (changes.at(me, me, i)) {
      values[i] = expected[i] = changes.value(me, me, i);
      changed.set(i);
      expected_changed.set(i);
    }
  std::uint32_t at = plan.owned();
  for (auto const& need : wants.needs(me, plan.communicator().size()))
    for (auto const i : need.entries) {
      if (changes.at(need.owner, need.owner, i)) {
        expected[at] = changes.value(need.owner, need.owner, i);
        expected_changed.set(at);
      }
      ++at;
    }

  shipping.forward(bytes_of(values), changed);

  CHECK(values == expected);
  CHECK(changed.words() == expected_changed.words());
}

// Owners add what comes.
void check_backward(HaloPlan const& plan, SparseShipping& shipping, Wants const& wants, Changes const& changes) {
  int const me = plan.communicator().rank(), ranks = plan.communicator().size();
  std::vector<std::uint32_t> values(plan.owned() + std::size_t{plan.mirrors()}, 1), sums(plan.owned()), expected(sums);
  Bitmap changed(values.size());
  std::uint32_t at = plan.owned();
  for (auto const& need : wants.needs(me, ranks))
    for (auto const i : need.entries) {
      if (changes.at(need.owner, me, i)) {
        values[at] = changes.value(need.owner, me, i);
        changed.set(at);
      }
      ++at;
    }
  for (int other = 0; other < ranks; ++other)
    for (auto const& need : wants.needs(other, ranks))
      for (auto const i : need.entries)
        if (need.owner == me && other != me && changes.at(me, other, i)) expected[i] += changes.value(me, other, i);

  shipping.backward(bytes_of(values), changed, [&](std::span<std::uint32_t const> owned, std::byte const* all) {
    for (std::size_t i = 0; i < owned.size(); ++i) {
      std::uint32_t value = 0;
      std::memcpy(&value, all + i * sizeof value, sizeof value);
      sums[owned[i]] += value;
    }
  });

  CHECK(sums == expected);
}

void check_plan(Wants const& wants) {
  auto const communicator = Communicator::world();
  auto const plan = HaloPlan::make(communicator, wants.owned(communicator.rank()),
                                   wants.needs(communicator.rank(), communicator.size()));
  (void)communicator.all_gather("");  // the collective between plans
  for (std::uint64_t const piece : {std::uint64_t{4000}, SparseShipping::usual_piece}) {
    SparseShipping shipping(plan, sizeof(std::uint32_t), piece);
    for (std::uint64_t const per_mille : {0U, 1U, 20U, 70U, 300U, 990U, 1000U})
      for (bool const equal : {false, true}) {
        CAPTURE(per_mille);
        check_forward(plan, shipping, wants, {per_mille, equal});
        check_backward(plan, shipping, wants, {per_mille, equal});
      }
  }
}

}  // namespace

TEST_CASE("changed values arrive at mirrors and owners, and no others") {
  check_plan({.seed = 1, .most_owned = 50, .percent = 40});
  check_plan({.seed = 2, .most_owned = 20'000, .percent = 60});
  check_plan({.seed = 3, .most_owned = 20'000, .percent = 100});
  check_plan({.seed = 4, .most_owned = 20'000, .percent = 1});
}

TEST_CASE("a plan without mirrors ships nothing") {
  check_plan({.seed = 5, .most_owned = 100, .percent = 0});
  check_plan({.seed = 6, .most_owned = 0, .percent = 100});
}
