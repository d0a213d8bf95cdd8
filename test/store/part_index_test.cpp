#include "store/part_index.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "sample_checkpoint.hpp"

using pel::partition_id;
using pel::store::IndexBytes;

TEST_CASE("the table of contents lists slices one after the other, field by field") {
  auto const index = pel::store::index_of({partition_id(1), partition_id(3)},
                                          pel::test::sample_fields({partition_id(1), partition_id(3)}));

  REQUIRE(index.slices.size() == 10);
  CHECK(index.names.front() == "state/rank");
  auto const& second = index.slices[1];
  CHECK(second.field == 0);
  CHECK(second.partition == 3);
  CHECK(second.first_row == 10);
  CHECK(second.rows == 30);
}

TEST_CASE("a table of contents reads back from its bytes") {
  auto const index = pel::store::index_of({partition_id(2)}, pel::test::sample_fields({partition_id(2)}));

  auto const read = pel::store::decoded(index.encoded(), index.name_width());

  CHECK(read.partitions == index.partitions);
  CHECK(read.names == index.names);
  CHECK(read.encoded().slices == index.encoded().slices);
  CHECK(read.encoded().digest() == index.encoded().digest());
}

TEST_CASE("bytes that are no table of contents are refused") {
  auto const bytes = pel::store::index_of({partition_id(2)}, pel::test::sample_fields({partition_id(2)})).encoded();
  auto const refuses = [](IndexBytes const& changed, std::uint64_t width) {
    CHECK_THROWS_AS(static_cast<void>(pel::store::decoded(changed, width)), std::invalid_argument);
  };

  refuses({{std::byte{1}}, bytes.names, bytes.slices}, 11);
  refuses({bytes.partitions, bytes.names, {std::byte{1}}}, 11);
  refuses({bytes.partitions, {std::byte{1}}, bytes.slices}, 11);
  refuses({bytes.partitions, {}, bytes.slices}, 11);
  refuses(bytes, 0);
}
