#include "comm/sparse_code.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "base/hash.hpp"
#include "pel/error.hpp"

using pel::base::mix64;
using pel::comm::encode;
using pel::comm::SparseEntries;
using pel::comm::SparseKind;
using pel::comm::uniform_bit;

namespace {

struct Some {
  std::vector<std::uint32_t> positions;
  std::vector<std::byte> values;
};

// Each of n entries with a probability of per_mille / 1000.
Some some_of(std::uint32_t n, std::uint64_t per_mille, std::size_t element_bytes, bool equal) {
  Some some;
  for (std::uint32_t i = 0; i < n; ++i) {
    if (mix64(i + 77 * per_mille) % 1000 >= per_mille) continue;
    some.positions.push_back(i);
    for (std::size_t k = 0; k < element_bytes; ++k)
      some.values.push_back(static_cast<std::byte>(mix64(k + (equal ? 0 : 100 * std::uint64_t{i} + 7))));
  }
  return some;
}

std::vector<std::byte> encoded(Some const& some, std::uint32_t n, std::size_t element_bytes) {
  std::vector<std::byte> bytes(5, std::byte{9});  // what was there before
  encode(
      n, some.positions.size(), element_bytes,
      [&](auto const& visit) {
        for (std::size_t i = 0; i < some.positions.size(); ++i)
          visit(some.positions[i], some.values.data() + i * element_bytes);
      },
      bytes);
  return bytes;
}

void check_there_and_back(Some const& some, std::uint32_t n, std::size_t element_bytes) {
  auto const bytes = encoded(some, n, element_bytes);
  SparseEntries const entries(bytes[0], std::span(bytes).subspan(1), n, element_bytes);
  CHECK(entries.size() == some.positions.size());

  Some back;
  entries.for_each(element_bytes, [&](std::uint32_t position, std::byte const* value) {
    back.positions.push_back(position);
    back.values.insert(back.values.end(), value, value + element_bytes);
  });

  CHECK(back.positions == some.positions);
  CHECK(back.values == some.values);
}

SparseKind kind_of(std::vector<std::byte> const& bytes) {
  return static_cast<SparseKind>(std::to_integer<std::uint8_t>(bytes[0]) & 3U);
}
bool is_uniform(std::vector<std::byte> const& bytes) {
  return (std::to_integer<std::uint8_t>(bytes[0]) & uniform_bit) != 0;
}

}  // namespace

TEST_CASE("values of any density and size come back as they were") {
  for (std::uint32_t const n : {0U, 1U, 7U, 8U, 63U, 64U, 65U, 1000U, 20'000U})
    for (std::uint64_t const per_mille : {0U, 1U, 10U, 100U, 125U, 130U, 500U, 999U, 1000U})
      for (std::size_t const element_bytes : {1U, 2U, 4U, 8U, 12U})
        for (bool const equal : {false, true}) {
          CAPTURE(n);
          CAPTURE(per_mille);
          CAPTURE(element_bytes);
          check_there_and_back(some_of(n, per_mille, element_bytes, equal), n, element_bytes);
        }
}

TEST_CASE("the encoding is the shortest") {
  constexpr std::uint32_t n = 20'000;
  auto const none = encoded(some_of(n, 0, 4, false), n, 4);
  auto const few = encoded(some_of(n, 10, 4, false), n, 4);
  auto const many = encoded(some_of(n, 500, 4, false), n, 4);
  auto const all = encoded(some_of(n, 1000, 4, false), n, 4);

  CHECK(none.size() == 1);
  CHECK(kind_of(few) == SparseKind::deltas);
  CHECK(few.size() < 6 * some_of(n, 10, 4, false).positions.size());
  CHECK(kind_of(many) == SparseKind::bitmap);
  CHECK(many.size() == 1 + n / 8 + 4 * some_of(n, 500, 4, false).positions.size());
  CHECK(kind_of(all) == SparseKind::all);
  CHECK(all.size() == 1 + 4 * std::size_t{n});
}

TEST_CASE("values that are all the same are sent once") {
  constexpr std::uint32_t n = 20'000;
  for (std::uint64_t const per_mille : {10U, 500U, 1000U}) {
    auto const bytes = encoded(some_of(n, per_mille, 8, true), n, 8);
    CHECK(is_uniform(bytes));
    CHECK(bytes.size() <= 1 + n / 8 + 8);
  }
  CHECK_FALSE(is_uniform(encoded(some_of(n, 10, 8, false), n, 8)));
  CHECK(encoded(some_of(n, 1000, 8, true), n, 8).size() == 9);
}

TEST_CASE("the bytes of the example are as documented") {
  Some some{{3, 4, 200}, {std::byte{7}, std::byte{7}, std::byte{7}}};

  auto const bytes = encoded(some, 1000, 1);

  std::vector<unsigned> numbers;
  for (auto const byte : bytes) numbers.push_back(std::to_integer<unsigned>(byte));
  CHECK(numbers == std::vector<unsigned>{3 + 4, 3, 3, 0, 0x80 + 67, 1, 7});  // 200 - 4 - 1 = 195 = 67 + 128
}

TEST_CASE("bytes that nobody wrote are found out") {
  auto const read = [](std::byte head, std::span<std::byte const> bytes, std::uint32_t n, std::size_t element_bytes) {
    SparseEntries const entries(head, bytes, n, element_bytes);
  };
  for (std::uint64_t const per_mille : {10U, 500U}) {
    auto const good = encoded(some_of(1000, per_mille, 4, false), 1000, 4);
    for (std::size_t size = 1; size < good.size(); ++size)
      CHECK_THROWS_AS(read(good[0], std::span(good).subspan(1, size - 1), 1000, 4), pel::InternalError);
  }
  std::vector<std::byte> const beyond{std::byte{1}, std::byte{100}, std::byte{0}, std::byte{0}};
  CHECK_THROWS_AS(read(std::byte{3}, beyond, 100, 1), pel::InternalError);
  std::vector<std::byte> const last_bits{std::byte{0x0a}, std::byte{0}};  // of a list of 3
  CHECK_THROWS_AS(read(std::byte{2 + 4}, last_bits, 3, 1), pel::InternalError);
}
