#include "data/text_out.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/hash.hpp"

using pel::TextOut;

namespace {

template <class Value>
std::string text_of(Value const& value) {
  TextOut out;
  out << value;
  return out.text();
}

template <class Real>
bool reads_back(Real value) {
  auto const text = text_of(value);
  Real read = 0;
  auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), read);
  return problem == std::errc() && end == text.data() + text.size() && read == value &&
         std::signbit(read) == std::signbit(value);
}

template <class Value>
concept Writable = requires(TextOut& out, Value const& value) {
  out << value;
};
static_assert(Writable<std::string> && Writable<std::string_view> && Writable<char> && Writable<float>);
static_assert(!Writable<bool>, "as what: 1, true, a byte?");
static_assert(!Writable<int*>);

}  // namespace

TEST_CASE("texts, letters and numbers stand one behind the other") {
  TextOut out;
  out << "word" << ' ' << 3 << '\t' << std::string("x") << std::string_view("\0y", 2) << '\n' << -0.5 << '\n';

  CHECK(out.text() == std::string("word 3\tx\0y\n-0.5\n", 16));
}

TEST_CASE("what was taken is gone, and the next text begins empty") {
  TextOut out;
  out << "first";
  CHECK(out.take() == "first");
  out.clear();
  out << "second";
  CHECK(out.text() == "second");
  out.clear();
  CHECK(out.text().empty());
}

TEST_CASE("integers are written up to their limits, those of one byte as numbers") {
  CHECK(text_of(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(text_of(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(text_of(std::int8_t{-128}) == "-128");
  CHECK(text_of(std::uint8_t{65}) == "65");
  CHECK(text_of(0) == "0");
}

TEST_CASE("numbers with a fraction are as short as reads back to the same bits") {
  CHECK(text_of(0.1) == "0.1");
  CHECK(text_of(0.1F) == "0.1");
  CHECK(text_of(1.0) == "1");
  CHECK(text_of(-0.0) == "-0");
  CHECK(text_of(1e22) == "1e+22");
  CHECK(text_of(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(text_of(std::numeric_limits<double>::quiet_NaN()) == "nan");

  using Double = std::numeric_limits<double>;
  for (double const value : {0.0, -0.0, Double::max(), Double::lowest(), Double::min(), Double::denorm_min(),
                             -2.2250738585072014e-308, 5e-324, 123456789.123456789, 1 / 3.})
    CHECK(reads_back(value));
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    auto const bits = pel::base::mix64(i);
    if (auto const value = std::bit_cast<double>(bits); std::isfinite(value)) CHECK(reads_back(value));
    if (auto const value = std::bit_cast<float>(static_cast<std::uint32_t>(bits)); std::isfinite(value))
      CHECK(reads_back(value));
  }
  CHECK(reads_back(std::numeric_limits<long double>::lowest()));
}
