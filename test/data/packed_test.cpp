#include "data/packed.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "support/properties.hpp"

using pel::Entry;
using pel::data::pack;
using pel::data::pack_value;
using pel::data::packed_size;
using pel::data::packed_value_size;
using pel::data::unpack;
using pel::data::unpack_value;
using pel::data::zigzag;

namespace {

struct Point {
  float x, y;
  friend bool operator==(Point const&, Point const&) = default;
};

// Elements packed one behind the other, in as many bytes as packed_size() says: whether reading gives them back.
template <class T>
bool come_back(std::vector<T> const& elements) {
  std::size_t size = 0;
  for (auto const& element : elements) size += packed_size<T>(element);
  std::vector<std::byte> bytes(size);
  auto* to = bytes.data();
  for (auto const& element : elements) to = pack<T>(element, to);
  bool right = to == bytes.data() + size;
  std::byte const* from = bytes.data();
  for (auto const& element : elements) right = right && unpack<T>(from) == pel::data::ViewOf<T>(element);
  return right && from == bytes.data() + size;
}

template <class V>
bool values_come_back(std::vector<V> const& values) {
  std::size_t size = 0;
  for (auto const value : values) size += packed_value_size(value);
  std::vector<std::byte> bytes(size);
  auto* to = bytes.data();
  for (auto const value : values) to = pack_value(value, to);
  bool right = to == bytes.data() + size;
  std::byte const* from = bytes.data();
  for (auto const value : values) right = right && unpack_value<V>(from) == value;
  return right && from == bytes.data() + size;
}

// Around each power of two, with the limits.
template <class V>
std::vector<V> odd_numbers() {
  std::vector<V> numbers{0, std::numeric_limits<V>::min(), std::numeric_limits<V>::max()};
  for (unsigned bit = 0; bit + 1 < 8 * sizeof(V); ++bit)
    for (int const more : {-1, 0, 1}) {
      auto const number = static_cast<V>((V{1} << bit) + static_cast<V>(more));
      numbers.push_back(number);
      numbers.push_back(static_cast<V>(V{0} - number));
    }
  return numbers;
}

}  // namespace

TEST_CASE("texts come back, of any size and of any bytes") {
  std::vector<std::string> texts;
  for (std::size_t const size : {0, 1, 127, 128, 16383, 16384, 1 << 20}) {
    texts.emplace_back(size, 'x');
    texts.emplace_back(size, '\0');
  }
  texts.emplace_back("\x80\xff\n\r");

  CHECK(come_back(texts));
  CHECK(packed_size<std::string>("") == 1);
  CHECK(packed_size<std::string>(std::string(127, 'x')) == 128);
  CHECK(packed_size<std::string>(std::string(128, 'x')) == 130);
}

TEST_CASE("plain elements come back as they lie in memory") {
  CHECK(come_back(odd_numbers<std::int64_t>()));
  CHECK(come_back(std::vector<double>{0, 0.1, -1e300, std::numeric_limits<double>::infinity()}));
  CHECK(come_back(std::vector<Point>{{1, 2}, {-0.5F, 1e-38F}}));
  CHECK(come_back(std::vector<char>{'a', '\0'}));
}

TEST_CASE("entries come back, with texts on either side or on both") {
  CHECK(come_back(std::vector<Entry<std::int32_t, double>>{{-1, 0.5}, {2, -3}}));
  using Count = Entry<std::string_view, std::int64_t>;
  using Pair = Entry<std::string_view, std::string_view>;
  std::vector<std::byte> bytes(64);
  auto* to = pack<Entry<std::string, std::int64_t>>(Count{"key", -7}, bytes.data());
  to = pack<Entry<std::string, std::string>>(Pair{"", "value"}, to);
  auto const* from = static_cast<std::byte const*>(bytes.data());

  CHECK(unpack<Entry<std::string, std::int64_t>>(from) == Count{"key", -7});
  CHECK(unpack<Entry<std::string, std::string>>(from) == Pair{"", "value"});
  CHECK(from == to);
  CHECK(to - bytes.data() == 4 + 8 + 1 + 6);
}

TEST_CASE("numbers that are combined come back up to their limits, small ones in few bytes") {
  CHECK(values_come_back(odd_numbers<std::int32_t>()));
  CHECK(values_come_back(odd_numbers<std::uint32_t>()));
  CHECK(values_come_back(odd_numbers<std::int64_t>()));
  CHECK(values_come_back(odd_numbers<std::uint64_t>()));
  CHECK(values_come_back(odd_numbers<std::int16_t>()));
  CHECK(values_come_back(std::vector<double>{0, -0.5, 1e308}));

  for (std::int64_t const small : {0, 1, -1, 63, -64}) CHECK(packed_value_size(small) == 1);
  for (std::int64_t const larger : {64, -65}) CHECK(packed_value_size(larger) == 2);
  CHECK(packed_value_size(std::uint64_t{127}) == 1);
  CHECK(packed_value_size(std::numeric_limits<std::int64_t>::min()) == 10);
  CHECK(packed_value_size(std::int16_t{1}) == 2);
}

TEST_CASE("negative numbers lie between positive ones, by their size") {
  std::vector<std::uint64_t> places;
  for (std::int32_t const number : {0, -1, 1, -2, 2}) places.push_back(zigzag(number));

  CHECK(places == std::vector<std::uint64_t>{0, 1, 2, 3, 4});
  CHECK(zigzag(std::numeric_limits<std::int32_t>::min()) == 0xffff'ffff);
  CHECK(zigzag(std::numeric_limits<std::int64_t>::min()) == ~std::uint64_t{0});
  CHECK(zigzag(std::uint32_t{0xffff'ffff}) == 0xffff'ffff);
}

TEST_CASE("any elements come back") {
  pel::test::seed_properties(100);
  CHECK(rc::check("texts", [](std::vector<std::string> const& texts) { RC_ASSERT(come_back(texts)); }));
  CHECK(rc::check("signed", [](std::vector<std::int64_t> const& values) { RC_ASSERT(values_come_back(values)); }));
  CHECK(rc::check("unsigned", [](std::vector<std::uint32_t> const& values) { RC_ASSERT(values_come_back(values)); }));
}
