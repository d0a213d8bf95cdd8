#include "data/words.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.hpp"

using pel::data::WordRule;
using pel::data::words;

namespace {

using Texts = std::vector<std::string>;

Texts words_of(std::string_view line, WordRule rule) {
  Texts found;
  for (auto const word : words(line, rule)) found.emplace_back(word);
  return found;
}

// The plain oracle, a byte at a time.
Texts plain_words(std::string_view line, WordRule rule) {
  Texts found;
  std::string word;
  auto const end_word = [&] {
    if (!word.empty()) found.push_back(word);
    word.clear();
  };
  for (char const c : line) {
    auto const byte = static_cast<unsigned char>(c);
    bool const part = rule == WordRule::alnum ? byte < 0x80 && std::isalnum(byte) != 0 : std::isspace(byte) == 0;
    if (!part)
      end_word();
    else
      word += rule == WordRule::alnum ? static_cast<char>(std::tolower(byte)) : c;
  }
  end_word();
  return found;
}

}  // namespace

TEST_CASE("words are runs of letters and digits in lower case, or what stands between blanks") {
  CHECK(words_of("Don't panic: 42!", WordRule::alnum) == Texts{"don", "t", "panic", "42"});
  CHECK(words_of("Don't panic: 42!", WordRule::blank) == Texts{"Don't", "panic:", "42!"});
  CHECK(words_of("na\xC3\xAFve caf\xC3\xA9", WordRule::alnum) == Texts{"na", "ve", "caf"});
  CHECK(words_of("na\xC3\xAFve\tcaf\xC3\xA9\r", WordRule::blank) == Texts{"na\xC3\xAFve", "caf\xC3\xA9"});
}

TEST_CASE("a line without words has none") {
  for (auto const* const line : {"", " ", "\t \r\v\f", "...", "\xFF\x80"})
    CHECK(words_of(line, WordRule::alnum).empty());
  CHECK(words_of("", WordRule::blank).empty());
  CHECK(words_of(" \t\r\v\f ", WordRule::blank).empty());
  CHECK(words_of({}, WordRule::alnum).empty());
}

TEST_CASE("words of random bytes are those of the plain loop") {
  std::uint64_t state = 1;
  for (int round = 0; round < 2000; ++round) {
    std::string line;
    auto const size = pel::base::mix64(state++) % 200;
    for (std::uint64_t i = 0; i < size; ++i) {
      auto const random = pel::base::mix64(state++);
      // Half of the lines are of any byte, half of few, so that there are long words.
      line += round % 2 == 0 ? static_cast<char>(random & 255) : "aZ09 \t.\n"[random % 8];
    }
    CHECK(words_of(line, WordRule::alnum) == plain_words(line, WordRule::alnum));
    CHECK(words_of(line, WordRule::blank) == plain_words(line, WordRule::blank));
  }
}
