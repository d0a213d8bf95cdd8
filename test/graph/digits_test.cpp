#include "graph/digits.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "base/hash.hpp"

TEST_CASE("eight bytes give the digits they begin with") {
  CHECK(pel::graph::first_digits_at("1207 33\n").count == 4);
  CHECK(pel::graph::first_digits_at("1207 33\n").value == 1207);
  CHECK(pel::graph::first_digits_at("12345678").value == 12'345'678);
  CHECK(pel::graph::first_digits_at("x1234567").count == 0);
}

TEST_CASE("bytes beside and above the digits end a number") {
  for (int byte = 0; byte < 256; ++byte)
    for (std::size_t place = 0; place < 8; ++place)
      for (char const behind : {'0', '9', '/', '\xFF', '\n'}) {
        std::string text = "90817263";
        text[place] = static_cast<char>(byte);
        for (std::size_t i = place + 1; i < text.size(); ++i) text[i] = behind;
        auto const expected_end = text.find_first_not_of("0123456789");
        auto const expected = expected_end == std::string::npos ? text : text.substr(0, expected_end);

        auto const digits = pel::graph::first_digits_at(text.data());

        CHECK(digits.count == expected.size());
        CHECK(digits.value == std::strtoull(expected.c_str(), nullptr, 10));
      }
}

TEST_CASE("numbers of every length are read") {
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    auto const number = pel::base::mix64(i) % 100'000'000 >> (i % 27);
    auto const text = std::to_string(number) + " 1234567";
    CHECK(pel::graph::first_digits_at(text.data()).value == number);
  }
}
