#include "base/varint.hpp"

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>

using pel::base::put_varint;
using pel::base::take_varint;
using pel::base::varint_bytes;

TEST_CASE("numbers come back, in as few bytes as documented") {
  std::array<std::byte, pel::base::most_varint_bytes> bytes{};
  for (unsigned bit = 0; bit < 64; ++bit)
    for (std::uint64_t const number :
         {(std::uint64_t{1} << bit) - 1, std::uint64_t{1} << bit, ~std::uint64_t{0} >> bit}) {
      auto* const end = put_varint(bytes.data(), number);
      CHECK(static_cast<std::size_t>(end - bytes.data()) == varint_bytes(number));

      std::uint64_t back = 0;
      CHECK(take_varint(bytes.data(), end, back) == end);
      CHECK(back == number);
      CHECK(take_varint(bytes.data(), end - 1, back) == nullptr);
    }
  CHECK(varint_bytes(0) == 1);
  CHECK(varint_bytes(127) == 1);
  CHECK(varint_bytes(128) == 2);
}
