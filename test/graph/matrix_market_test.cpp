#include "graph/matrix_market.hpp"

#include <doctest/doctest.h>

#include <string>

#include "../data/temporary_directory.hpp"
#include "pel/error.hpp"

using pel::graph::MatrixHeader;
using pel::test::TemporaryDirectory;

namespace {

std::optional<MatrixHeader> header_of(TemporaryDirectory const& directory, std::string const& text) {
  return MatrixHeader::read(pel::data::open_text_file(directory.write("m.mtx", text)));
}

}  // namespace

TEST_CASE("the header says size, symmetry and weights, and where the entries begin") {
  TemporaryDirectory const directory;
  std::string const text = "%%MatrixMarket matrix coordinate real general\n% c\n%\n\n 5  5 3\r\n";
  auto const header = header_of(directory, text + "1 2 0.5\n");
  REQUIRE(header.has_value());
  CHECK(header->weights);
  CHECK_FALSE(header->symmetric);
  CHECK(header->rows == 5);
  CHECK(header->entries == 3);
  CHECK(header->size_line == 5);
  CHECK(header->entries_begin == text.size());
  auto const pattern = header_of(directory, "%%matrixmarket MATRIX Coordinate Pattern SYMMETRIC\n0 0 0");
  REQUIRE(pattern.has_value());
  CHECK_FALSE(pattern->weights);
  CHECK(pattern->symmetric);
  CHECK(pattern->rows == 0);
}

TEST_CASE("other texts have no such header") {
  TemporaryDirectory const directory;
  for (auto const* const text : {"", "1 2\n", "% MatrixMarket\n", "%%Matrix\n1 2\n", "\n%%MatrixMarket matrix\n"})
    CHECK_FALSE(header_of(directory, text).has_value());
}

TEST_CASE("matrices that are no graphs are refused with the place") {
  struct Fault {
    char const* text;
    std::int64_t line, column;
  };
  TemporaryDirectory const directory;
  for (auto const& fault : {Fault{"%%MatrixMarket matrix array real general\n2 2\n", 1, 23},
                            Fault{"%%MatrixMarket matrix coordinate complex general\n2 2 1\n", 1, 34},
                            Fault{"%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n", 1, 39},
                            Fault{"%%MatrixMarket matrix coordinate complex hermitian\n2 2 1\n", 1, 34},
                            Fault{"%%MatrixMarket vector coordinate real general\n2 2 1\n", 1, 16},
                            Fault{"%%MatrixMarket matrix coordinate\n2 2 1\n", 1, 1},
                            Fault{"%%MatrixMarket matrix coordinate real general\n%\n2 3 1\n", 3, 1},
                            Fault{"%%MatrixMarket matrix coordinate real general\n2 2\n", 2, 1},
                            Fault{"%%MatrixMarket matrix coordinate real general\n2 2 many\n", 2, 5},
                            Fault{"%%MatrixMarket matrix coordinate real general\n% nothing\n", 2, 1}}) {
    CAPTURE(fault.text);
    try {
      (void)header_of(directory, fault.text);
      FAIL("not refused");
    } catch (pel::BadData const& error) {
      CHECK(error.line == fault.line);
      CHECK(error.column == fault.column);
    }
  }
}
