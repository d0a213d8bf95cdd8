#include "base/streaming_copy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

using pel::base::streaming_copy;

TEST_CASE("all bytes are copied and none beside them, for any length and address") {
  std::size_t const large = (std::size_t{256} << 10U) + 200;
  std::vector<std::byte> from(large + 128);
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::byte>(i * 2654435761U >> 24U);
  auto const none = std::byte{0x5a};
  for (std::size_t const length : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, large - 200, large - 1, large})
    for (std::size_t const source : {0U, 1U, 16U, 63U})
      for (std::size_t const target : {0U, 3U, 48U, 64U}) {
        CAPTURE(length);
        CAPTURE(source);
        CAPTURE(target);
        std::vector<std::byte> to(length + 128, none);
        streaming_copy(std::span(from).subspan(source, length), std::span(to).subspan(target, length));
        auto const first = to.begin() + static_cast<std::ptrdiff_t>(target);
        auto const last = first + static_cast<std::ptrdiff_t>(length);
        CHECK(std::equal(first, last, from.begin() + static_cast<std::ptrdiff_t>(source)));
        CHECK(std::all_of(to.begin(), first, [&](std::byte b) { return b == none; }));
        CHECK(std::all_of(last, to.end(), [&](std::byte b) { return b == none; }));
      }
}
