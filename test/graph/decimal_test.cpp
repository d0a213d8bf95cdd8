#include "graph/decimal.hpp"

#include <doctest/doctest.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/hash.hpp"

using pel::base::mix64;

namespace {

std::uint64_t bits_of(double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Reads the text where little and where much follows it; whether both times as strtod does, and to its end.
bool as_strtod(std::string const& text) {
  double const expected = std::strtod(text.c_str(), nullptr);
  for (auto const* const rest : {"\n", " 1.5 another column\n"}) {
    auto const line = text + rest;
    char const* p = line.data();
    double value = -1;
    if (!pel::graph::read_decimal(p, line.data() + line.size(), value)) return false;
    if (bits_of(value) != bits_of(expected) || p != line.data() + text.size()) return false;
  }
  return true;
}

std::string digits(std::uint64_t seed, std::size_t n) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += static_cast<char>('0' + mix64(seed * 64 + i) % 10);
  return text;
}

bool is_number(std::string const& text) {
  char const* p = text.data();
  double value = 0;
  return pel::graph::read_decimal(p, text.data() + text.size(), value) && p == text.data() + text.size();
}

}  // namespace

TEST_CASE("decimals of every form are those of strtod") {
  for (auto const* const text : {"0",
                                 "1",
                                 "0.5",
                                 "1.",
                                 ".5",
                                 "007",
                                 "0.1",
                                 "0.3",
                                 "123456.789",
                                 "9007199254740993",
                                 "9007199254740992.5",
                                 "0.000000000000000000001",
                                 "1e5",
                                 "1E+5",
                                 "1.5e-7",
                                 "12345678901234567890",
                                 "0.12345678901234567890123",
                                 "1e400",
                                 "1e-400",
                                 "0e400",
                                 "0.0e-999999999999",
                                 "2.2250738585072011e-308",
                                 "4.9e-324",
                                 "2.4e-324",
                                 "2.5e-324",
                                 "1.7976931348623157e308",
                                 "1.7976931348623159e308",
                                 "-0",
                                 "-1.5",
                                 "+2.5",
                                 "00000000000000000000000000000.5",
                                 "1e99999999999999999999",
                                 "1e-99999999999999999999",
                                 "8.5e",
                                 "9007199254740993.0000000000000000000000001"}) {
    CAPTURE(text);
    if (std::string(text) == "8.5e")
      CHECK_FALSE(is_number(text));  // the e is left
    else
      CHECK(as_strtod(text));
  }
}

TEST_CASE("random decimals are those of strtod") {
  int differ = 0;
  for (std::uint64_t i = 0; i < 300'000; ++i) {
    auto const before = digits(4 * i, mix64(i) % 12), behind = digits(4 * i + 1, mix64(~i) % 22);
    auto text = before + "." + behind;
    if (before.empty() && behind.empty()) text = "7";
    if (i % 5 == 0) text += (i % 2 == 0 ? "e" : "E-") + std::to_string(mix64(i + 7) % 340);
    if (!as_strtod(text)) {
      ++differ;
      MESSAGE(text);
    }
  }
  CHECK(differ == 0);
}

TEST_CASE("every double comes back from its shortest text, and from its text of 17 digits") {
  int differ = 0;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    auto const bits = mix64(i) >> 1;
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (i % 2 == 0) value = static_cast<double>(mix64(i) >> 11) * 0x1.0p-53;  // as random numbers are written
    std::array<char, 64> text{};
    auto* const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    if (value == value && value < 1e308 && !as_strtod(std::string(text.data(), end))) ++differ;
    std::snprintf(text.data(), text.size(), "%.17g", value);
    if (value == value && value < 1e308 && !as_strtod(text.data())) ++differ;
  }
  CHECK(differ == 0);
}

TEST_CASE("texts halfway between two doubles go to the even one") {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    auto const even = (std::uint64_t{1} << 53) + 4 * (mix64(i) % 1'000'000'000'000);
    CHECK(as_strtod(std::to_string(even + 1)));
    CHECK(as_strtod(std::to_string(even + 3) + ".000"));
  }
}

TEST_CASE("what is no number is none") {
  for (auto const* const text : {"", ".", "-", "+", "e5", "x", "+-1", "-.", ",", " 1", "0x10", "1.5.2", "--1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_number(text));
  }
}
