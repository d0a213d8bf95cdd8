#include "base/block.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

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

TEST_CASE("a block just above a size of large pages does not take another one") {
  auto const mapped_bytes = [] {
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages * 4096;
  };
  constexpr std::size_t count = 64, mib = std::size_t{1} << 20U;
  for (auto const size : {mib + 1, mib + mib / 8, 2 * mib + 1, 4 * mib + 1}) {
    CAPTURE(size);
    std::vector<Block> blocks;
    blocks.reserve(count);
    auto const before = mapped_bytes();

    for (std::size_t i = 0; i < count; ++i) blocks.emplace_back(size);

    CHECK(before > 0);
    CHECK(mapped_bytes() - before < count * (size + 16 * 4096));
  }
}

TEST_CASE("a block of nothing has nothing") {
  Block const none(0);
  CHECK(none.data() == nullptr);
  CHECK(none.size() == 0);
}
