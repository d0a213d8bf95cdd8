// Counting: words of lines, k-mers of sequences.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "data/read_sequences.hpp"
#include "data/reference/references.hpp"
#include "data/text_out.hpp"
#include "pel/partition.hpp"

namespace pel::data::reference {
namespace {

bool in(char letter, char first, char last) { return letter >= first && letter <= last; }

// Whether a byte is part of a word.
bool in_word(char letter, WordRule rule) {
  if (rule == WordRule::blank) return letter != ' ' && !in(letter, '\t', '\r');
  return in(letter, '0', '9') || in(letter, 'A', 'Z') || in(letter, 'a', 'z');
}

using WordCounts = std::unordered_map<std::string, std::int64_t>;

void count_words(std::string_view line, WordRule rule, WordCounts& counts) {
  std::string word;
  auto const end_word = [&] {
    if (!word.empty()) ++counts[word];
    word.clear();
  };
  for (auto letter : line) {
    if (!in_word(letter, rule)) {
      end_word();
      continue;
    }
    if (rule == WordRule::alnum && in(letter, 'A', 'Z')) letter = static_cast<char>(letter - 'A' + 'a');
    word += letter;
  }
  end_word();
}

constexpr unsigned no_letter = 4;

unsigned code_of(char letter) {
  switch (letter) {
    case 'A':
    case 'a':
      return 0;
    case 'C':
    case 'c':
      return 1;
    case 'G':
    case 'g':
      return 2;
    case 'T':
    case 't':
      return 3;
    default:
      return no_letter;
  }
}

// The window as a number of 2 bits a letter, or that of its reverse complement, if that is less. False where it holds
// another letter.
bool canonical(std::string_view window, std::uint64_t& kmer) {
  std::uint64_t forward = 0, backward = 0;
  for (std::size_t i = 0; i < window.size(); ++i) {
    auto const code = code_of(window[i]), mirrored = code_of(window[window.size() - 1 - i]);
    if (code == no_letter) return false;
    forward = forward * 4 + code;
    backward = backward * 4 + (3 - mirrored);
  }
  kmer = std::min(forward, backward);
  return true;
}

std::string letters_of(std::uint64_t kmer, unsigned k) {
  std::string letters(k, ' ');
  for (auto i = k; i-- > 0; kmer /= 4) letters[i] = "ACGT"[kmer % 4];
  return letters;
}

std::string count_kmers(std::vector<std::string> const& names, unsigned k, std::size_t max_line) {
  auto const input = TextInput::open(names).with_max_line(max_line);
  std::unordered_map<std::uint64_t, std::int64_t> counts;
  std::uint64_t kmer = 0;
  for_each_piece(
      input, sequence_formats(input), Partition{}, k - 1,
      [&](std::span<std::string_view const> pieces) {
        for (auto const piece : pieces)
          for (std::size_t at = 0; at + k <= piece.size(); ++at)
            if (canonical(piece.substr(at, k), kmer)) ++counts[kmer];
      },
      [](BadLine const&) {});
  TextOut out;
  for (auto const& [key, count] : counts) out << letters_of(key, k) << ' ' << count << '\n';
  return out.take();
}

}  // namespace

Reference word_counts(TextInput const& text, WordRule rule) {
  return [text, rule](std::size_t) {
    WordCounts counts;
    for (auto const line : Lines(text, Partition{})) count_words(line, rule, counts);
    TextOut out;
    for (auto const& [word, count] : counts) out << word << ' ' << count << '\n';
    return out.take();
  };
}

Reference kmer_counts(std::vector<std::string> names, unsigned k) {
  return [names = std::move(names), k](std::size_t max_line) { return count_kmers(names, k, max_line); };
}

}  // namespace pel::data::reference
