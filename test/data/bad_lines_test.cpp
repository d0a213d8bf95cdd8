#include "data/bad_lines.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/hash.hpp"

using pel::data::BadLine;
using pel::data::BadLines;

namespace {

BadLine line_at(std::uint32_t file, std::uint64_t offset) {
  return {file, offset, static_cast<std::uint32_t>(offset % 7 + 1), "problem " + std::to_string(offset)};
}

std::vector<std::uint64_t> offsets(BadLines const& lines) {
  std::vector<std::uint64_t> all;
  for (auto const& line : lines.first()) all.push_back(line.file * 1000 + line.offset);
  return all;
}

}  // namespace

TEST_CASE("the first ten are kept and all are counted, in whatever order and parts they come") {
  std::vector<BadLines> parts(4);
  for (std::uint64_t i = 0; i < 100; ++i) {
    auto const n = i * 37 % 100;  // each of 0 to 99 once
    parts[pel::base::mix64(i) % 4].add(line_at(n < 4 ? 1 : 0, n < 4 ? n : 200 - n));
  }
  BadLines sum;
  for (auto const& part : parts) sum.add(part);
  CHECK(sum.count() == 100);
  CHECK(offsets(sum) == std::vector<std::uint64_t>{101, 102, 103, 104, 105, 106, 107, 108, 109, 110});
}

TEST_CASE("files come in their order") {
  BadLines lines;
  for (auto const& [file, offset] : {std::pair(1U, 3U), {0U, 9U}, {1U, 0U}, {0U, 2U}}) lines.add(line_at(file, offset));
  CHECK(offsets(lines) == std::vector<std::uint64_t>{2, 9, 1000, 1003});
}

TEST_CASE("they survive being bytes") {
  BadLines lines;
  for (std::uint64_t i = 0; i < 12; ++i) lines.add(line_at(i % 2, i));
  auto const copy = BadLines::unpack(lines.pack());
  CHECK(copy.count() == 12);
  CHECK(offsets(copy) == offsets(lines));
  for (std::size_t i = 0; i < copy.first().size(); ++i) {
    CHECK(copy.first()[i].problem == lines.first()[i].problem);
    CHECK(copy.first()[i].column == lines.first()[i].column);
  }
  CHECK(BadLines::unpack(BadLines().pack()).count() == 0);
}
