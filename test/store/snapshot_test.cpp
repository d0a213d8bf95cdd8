#include "store/snapshot.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "pel/error.hpp"

using pel::partition_id;
using pel::base::ElementType;
using pel::store::FieldPlan;
using pel::store::Snapshot;

namespace {

constexpr std::size_t page = 4096;

// Three partitions: 10, 0 and 1000 rows of float64; 1 row of int8 for the first and the last.
std::vector<FieldPlan> two_fields() {
  return {{{"state/x", ElementType::f64, {}, false},
           {{partition_id(1), 10}, {partition_id(2), 0}, {partition_id(7), 1000}}},
          {{"state/y", ElementType::i8, {}, false}, {{partition_id(1), 1}, {partition_id(7), 1}}}};
}
std::vector<pel::PartitionId> three() { return {partition_id(1), partition_id(2), partition_id(7)}; }

void fill(std::span<std::byte> bytes, int value) { std::ranges::fill(bytes, static_cast<std::byte>(value)); }

bool is_all(std::span<std::byte const> bytes, int value) {
  return std::ranges::all_of(bytes, [value](std::byte byte) { return byte == static_cast<std::byte>(value); });
}

}  // namespace

TEST_CASE("fields begin at whole pages, their slices lie without gaps") {
  Snapshot snapshot;
  snapshot.shape(three(), two_fields());

  CHECK(snapshot.bytes() == 8082);
  CHECK(snapshot.room() >= 3 * page);
  for (std::size_t f = 0; f < 2; ++f) {
    CHECK(reinterpret_cast<std::uintptr_t>(snapshot.field(f).data()) % page == 0);
    auto const* end = snapshot.field(f).data();
    for (std::size_t s = 0; s < snapshot.fields()[f].slices.size(); ++s) {
      CHECK(snapshot.slice(f, s).data() == end);
      end += snapshot.slice(f, s).size();
    }
    CHECK(snapshot.field(f).size() == static_cast<std::size_t>(end - snapshot.field(f).data()));
  }
  CHECK(snapshot.slice(0, 1).empty());
  CHECK(snapshot.slice(0, 2).size() == 8000);
}

TEST_CASE("slices do not share a byte, and a partition's fields are views of them") {
  Snapshot snapshot;
  snapshot.shape(three(), two_fields());
  fill(snapshot.slice(0, 0), 1);
  fill(snapshot.slice(0, 2), 2);
  fill(snapshot.slice(1, 0), 3);
  fill(snapshot.slice(1, 1), 4);

  auto const first = snapshot.of_partition(partition_id(1));
  auto const second = snapshot.of_partition(partition_id(2));
  auto const last = snapshot.of_partition(partition_id(7));

  REQUIRE(first.size() == 2);
  CHECK(first[0].info.name == "state/x");
  CHECK(first[0].rows == 10);
  CHECK(is_all(first[0].bytes, 1));
  CHECK(is_all(first[1].bytes, 3));
  REQUIRE(second.size() == 1);
  CHECK(second[0].bytes.empty());
  REQUIRE(last.size() == 2);
  CHECK(last[0].bytes.size() == 8000);
  CHECK(is_all(last[0].bytes, 2));
  CHECK(is_all(last[1].bytes, 4));
  CHECK(snapshot.of_partition(partition_id(3)).empty());
}

TEST_CASE("a snapshot takes on another shape in the memory it has") {
  Snapshot snapshot;
  snapshot.reserve(std::size_t{3} << 20U);
  auto const room = snapshot.room();
  CHECK(room >= std::size_t{3} << 20U);
  CHECK(snapshot.bytes() == 0);

  snapshot.shape(three(), two_fields());
  CHECK(snapshot.room() == room);
  auto const* const first = snapshot.field(0).data();
  snapshot.shape({partition_id(0)}, {{{"state/z", ElementType::u8, {}, false}, {{partition_id(0), 5}}}});
  CHECK(snapshot.bytes() == 5);
  CHECK(snapshot.field(0).data() == first);
  CHECK(snapshot.partitions().size() == 1);

  snapshot.shape({partition_id(0)},
                 {{{"state/z", ElementType::u8, {}, false}, {{partition_id(0), std::uint64_t{5} << 20U}}}});
  CHECK(snapshot.room() >= std::size_t{5} << 20U);
  fill(snapshot.field(0), 9);

  snapshot.release();
  CHECK(snapshot.room() == 0);
  CHECK(snapshot.bytes() == 0);
  CHECK(snapshot.of_partition(partition_id(0)).empty());
}

TEST_CASE("a snapshot of nothing has no bytes") {
  Snapshot snapshot;
  CHECK(snapshot.bytes() == 0);
  snapshot.shape({}, {});
  CHECK(snapshot.bytes() == 0);
  snapshot.shape({partition_id(0)}, {{{"state/x", ElementType::f64, {}, false}, {{partition_id(0), 0}}}});
  CHECK(snapshot.field(0).empty());
  CHECK(snapshot.of_partition(partition_id(0)).size() == 1);
}

TEST_CASE("slices of other partitions, or in another order, are a bug and named so") {
  Snapshot snapshot;
  auto const refuses = [&](std::vector<pel::PartitionId> const& partitions) {
    CHECK_THROWS_AS(snapshot.shape(partitions, two_fields()), pel::InternalError);
  };

  refuses({});
  refuses({partition_id(1), partition_id(7)});
  refuses({partition_id(7), partition_id(2), partition_id(1)});
  auto twice = two_fields();
  twice[1].slices[1].partition = partition_id(1);
  CHECK_THROWS_AS(snapshot.shape(three(), twice), pel::InternalError);
}
