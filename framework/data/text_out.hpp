// The text that becomes a file of lines: numbers in the shortest form that reads back to the same bits.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pel {

// What a function that writes an element appends to.
class TextOut {
 public:
  TextOut& operator<<(std::string_view text) {
    text_.append(text);
    return *this;
  }
  TextOut& operator<<(char const* text) { return *this << std::string_view(text); }
  TextOut& operator<<(char letter) {
    text_.push_back(letter);
    return *this;
  }
  void operator<<(bool) = delete;  // which is a letter, too; nor what becomes a bool, as pointers do
  template <class Number>
  requires(std::is_arithmetic_v<Number> && !std::same_as<Number, char> && !std::same_as<Number, bool>) TextOut&
  operator<<(Number number) {
    constexpr std::size_t most = 32;
    char digits[most];  // NOLINT(modernize-avoid-c-arrays)
    auto const end = std::to_chars(digits, digits + most, number).ptr;
    text_.append(digits, end);
    return *this;
  }

  [[nodiscard]] std::string const& text() const noexcept { return text_; }
  [[nodiscard]] std::string take() noexcept { return std::move(text_); }
  void clear() noexcept { text_.clear(); }

 private:
  std::string text_;
};

// All of it as one text. Example: text_of("inertia ", 0.5) is "inertia 0.5".
template <class... Parts>
[[nodiscard]] std::string text_of(Parts const&... parts) {
  TextOut out;
  (out << ... << parts);
  return out.take();
}

}  // namespace pel
