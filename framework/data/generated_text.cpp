#include "data/generated_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/hash.hpp"
#include "data/generator_spec.hpp"

namespace pel::data {
namespace {

constexpr std::uint64_t mix(std::uint64_t z) noexcept { return base::mix64(z + 0x9E3779B97F4A7C15); }  // splitmix64

// Words are numbered by how frequent they are, and drawn by octave: octave k holds the words 2^k to 2^(k+1) - 1, alike
// in frequency. Equal weights for all octaves would be Zipf's law, 1 / rank; the last ones are rarer, as in real text,
// and are what fixes how many distinct words a text of a given length has. In 1,024ths.
constexpr std::array<std::uint16_t, 23> octave_weights{41, 57, 57, 57, 57, 57, 57, 57, 57, 57, 57, 57,
                                                       57, 57, 57, 57, 48, 34, 22, 13, 6,  3,  2};
constexpr std::size_t draws = 1024;

constexpr auto octave_of_draw = [] {
  std::array<std::uint8_t, draws> table{};
  std::size_t at = 0;
  for (std::size_t octave = 0; octave < octave_weights.size(); ++octave)
    for (std::size_t i = 0; i < octave_weights[octave]; ++i) table[at++] = static_cast<std::uint8_t>(octave);
  return at == draws ? table : throw "the weights must sum to the number of draws";
}();

// Two letters for each byte of a word's hash: a syllable of a consonant and a vowel, or the other way round.
constexpr auto syllables = [] {
  constexpr std::string_view consonants = "tnsrhldcmfpgwybvktnsrldcmpxjqzst", vowels = "eaioeaue";
  std::array<std::array<char, 2>, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = {consonants[i % consonants.size()], vowels[i / consonants.size()]};
  for (std::size_t i = 3; i < table.size(); i += 5) std::swap(table[i][0], table[i][1]);
  return table;
}();
constexpr std::size_t longest_word = 16;

// Writes the word and returns its length; frequent words are short. Overwrites 16 bytes.
inline std::size_t spell(std::uint64_t rank, std::size_t octave, std::uint64_t key, char* to) noexcept {
  auto const hash = mix(key ^ rank);
  for (std::size_t i = 0; i < longest_word / 2; ++i)
    std::memcpy(to + 2 * i, syllables[hash >> (8 * i) & 255].data(), 2);
  // Byte 7 of the hash chooses letters only of the longest words, so the length may come from it as well.
  return 2 + octave / 2 + (hash >> 62);
}

struct Place {
  char* at;
  char* end;  // of the block, with room for a word and its comma behind it
};

// One line of `words` words; stops where the block is full.
inline void write_line(Place& place, std::uint64_t words, std::uint64_t key, std::uint64_t& counter) noexcept {
  char* const start = place.at;
  for (std::uint64_t i = 0; i < words && place.at < place.end; ++i) {
    auto const draw = mix(counter++);
    std::size_t const octave = octave_of_draw[draw % draws];
    auto const first = std::uint64_t{1} << octave;
    place.at += spell(first | (draw / draws & (first - 1)), octave, key, place.at);
    if (draw >> 60 == 0) *place.at++ = ',';
    *place.at++ = ' ';
  }
  *start = static_cast<char>(*start - 'a' + 'A');
  place.at[-1] = '\n';
}

}  // namespace

GeneratedText GeneratedText::parse(std::string const& spec) {
  GeneratorSpec const parameters(spec, {"bytes", "seed"});
  GeneratedText text;
  text.bytes = parameters.amount("bytes", text.bytes, 1'000'000'000'000);
  text.seed = parameters.whole("seed", text.seed, 0, ~std::uint64_t{0});
  return text;
}

void GeneratedText::append_block(std::uint64_t number, std::string& text) const {
  std::array<char, block_bytes + 2 * longest_word> buffer;
  auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(block_bytes, bytes - number * block_bytes));
  auto const key = mix(seed);
  auto counter = mix(key + number);
  Place place{buffer.data(), buffer.data() + size};
  while (place.at < place.end) {
    auto const words = 7 + (mix(~counter) & 7);
    write_line(place, words, key, counter);
  }
  place.end[-1] = '\n';
  text.append(buffer.data(), size);
}

std::string GeneratedText::make() const {
  std::string text;
  text.reserve(bytes);
  for (std::uint64_t i = 0; i < blocks(); ++i) append_block(i, text);
  return text;
}

}  // namespace pel::data
