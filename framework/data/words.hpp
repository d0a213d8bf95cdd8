// The words of a line. Light: no other header of PEL's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pel::data {

// What a word is.
enum class WordRule : std::uint8_t {
  alnum,  // a maximal run of 0-9, A-Z, a-z, in lower case; every other byte separates, those of UTF-8 too
  blank   // a maximal run of bytes that are not blanks (space, \t, \n, \v, \f, \r), as it stands
};

namespace word_bytes {

enum Class : std::uint8_t { separator = 0, plain = 1, upper = 2 };
using Classes = std::array<std::uint8_t, 256>;

[[nodiscard]] constexpr Classes classes_of(WordRule rule) noexcept {
  Classes classes{};
  for (std::size_t byte = 0; byte < classes.size(); ++byte) {
    bool const capital = byte >= 'A' && byte <= 'Z';
    bool const blank = byte == ' ' || (byte >= '\t' && byte <= '\r');
    bool const alnum = capital || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    if (rule == WordRule::blank)
      classes[byte] = blank ? separator : plain;
    else
      classes[byte] = capital ? upper : alnum ? plain : separator;
  }
  return classes;
}

inline constexpr Classes alnum_classes = classes_of(WordRule::alnum), blank_classes = classes_of(WordRule::blank);

}  // namespace word_bytes

// The words of a line, for one loop: made by words() below. The line must live as long.
class Words {
 public:
  Words(std::string_view line, WordRule rule) noexcept
      : at_(line.data()),
        end_(line.data() + line.size()),
        classes_(rule == WordRule::alnum ? &word_bytes::alnum_classes : &word_bytes::blank_classes) {}

  class Iterator {
   public:
    [[nodiscard]] std::string_view operator*() const noexcept { return words_->word_; }
    Iterator& operator++() {
      words_->next();
      return *this;
    }
    [[nodiscard]] bool operator!=(std::nullptr_t) const noexcept { return !words_->word_.empty(); }

   private:
    friend class Words;
    explicit Iterator(Words* words) noexcept : words_(words) {}
    Words* words_;
  };

  [[nodiscard]] Iterator begin() {
    next();
    return Iterator(this);
  }
  [[nodiscard]] std::nullptr_t end() const noexcept { return nullptr; }

 private:
  [[nodiscard]] unsigned class_at(char const* p) const noexcept { return (*classes_)[static_cast<unsigned char>(*p)]; }

  void next() {
    char const* p = at_;
    while (p != end_ && class_at(p) == word_bytes::separator) ++p;
    char const* const first = p;
    unsigned seen = 0;
    for (unsigned found = 0; p != end_ && (found = class_at(p)) != word_bytes::separator; ++p) seen |= found;
    at_ = p;
    word_ = {first, static_cast<std::size_t>(p - first)};
    if ((seen & word_bytes::upper) != 0) lower();
  }

  void lower() {
    lowered_.assign(word_);
    for (char& letter : lowered_)
      if (class_at(&letter) == word_bytes::upper) letter = static_cast<char>(letter | 0x20);
    word_ = lowered_;
  }

  char const* at_;
  char const* end_;
  word_bytes::Classes const* classes_;
  std::string_view word_;  // empty at the end
  std::string lowered_;    // the word, if it had to be changed
};

// Each word is valid until the loop moves on.
// Example: words("Don't panic: 42!") has "don", "t", "panic", "42"; with WordRule::blank "Don't", "panic:", "42!".
[[nodiscard]] inline Words words(std::string_view line, WordRule rule = WordRule::alnum) noexcept {
  return {line, rule};
}

}  // namespace pel::data
