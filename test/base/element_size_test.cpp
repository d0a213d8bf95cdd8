#include "base/element_size.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

TEST_CASE("a loop over elements gets their size") {
  for (std::size_t const bytes : {1U, 2U, 4U, 7U, 8U, 16U, 40U}) {
    std::size_t seen = 0;
    pel::base::for_element_size(bytes, [&](auto size) { seen = size; });
    CHECK(seen == bytes);
  }
}
