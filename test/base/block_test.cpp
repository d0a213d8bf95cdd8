#include "base/block.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <utility>

using pel::base::Block;

TEST_CASE("all bytes of a block can be used, be it of the heap, of pages or of large pages") {
  for (std::size_t const size : {std::size_t{1}, std::size_t{1} << 18U, (std::size_t{1} << 20U) + 1,
                                 std::size_t{2} << 20U, (std::size_t{5} << 20U) - 3}) {
    CAPTURE(size);
    Block block(size);
    REQUIRE(block.size() == size);
    std::memset(block.data(), 0x5a, size);
    Block const other = std::move(block);
    CHECK(block.data() == nullptr);
    CHECK(other.data()[0] == std::byte{0x5a});
    CHECK(other.data()[size - 1] == std::byte{0x5a});
  }
}

TEST_CASE("what a large block took is given back at once, with what was mapped to align it") {
  auto const mapped_pages = [] {
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages;
  };
  auto const before = mapped_pages();
  for (int i = 0; i < 20; ++i) {
    Block block((std::size_t{64} << 20U) + 1);
    block.data()[0] = std::byte{1};
  }
  CHECK(before > 0);
  CHECK(mapped_pages() <= before + 256);  // of 4 KiB: for what the program itself does meanwhile
}

TEST_CASE("a block of nothing has nothing") {
  Block const none(0);
  CHECK(none.data() == nullptr);
  CHECK(none.size() == 0);
}
