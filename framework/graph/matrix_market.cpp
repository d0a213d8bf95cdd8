#include "graph/matrix_market.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "data/line_blocks.hpp"
#include "graph/edge_problem.hpp"
#include "graph/edge_text.hpp"
#include "pel/error.hpp"

namespace pel::graph {
namespace {

constexpr std::string_view banner = "%%matrixmarket";

// A word of a line, and the column where it begins.
struct Word {
  std::string_view text;
  std::int64_t column;
};

std::vector<Word> words_of(std::string_view line) {
  constexpr char const* blanks = " \t\r";
  std::vector<Word> words;
  for (auto at = line.find_first_not_of(blanks); at != line.npos; at = line.find_first_not_of(blanks, at)) {
    auto const end = std::min(line.find_first_of(blanks, at), line.size());
    words.push_back({line.substr(at, end - at), static_cast<std::int64_t>(at) + 1});
    at = end;
  }
  return words;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

class HeaderReader {
 public:
  explicit HeaderReader(data::TextSource const& text) : text_(text) {}

  std::optional<MatrixHeader> read() {
    data::LineBlocks blocks(text_, {0, text_.size}, std::size_t{64} << 10);
    while (blocks.next()) {
      auto rest = blocks.block();
      while (!rest.empty()) {
        auto const newline = rest.find('\n');
        auto const line = rest.substr(0, newline);
        rest.remove_prefix(newline == rest.npos ? rest.size() : newline + 1);
        ++line_;
        if (line_ == 1 && !lower(line.substr(0, banner.size())).starts_with(banner)) return std::nullopt;
        if (line_ == 1) {
          read_banner(line);
        } else if (auto const words = words_of(line); !words.empty() && !words[0].text.starts_with('%')) {
          read_size(words);
          header_.entries_begin = blocks.offset() + (blocks.block().size() - rest.size());
          return header_;
        }
      }
    }
    if (line_ == 0) return std::nullopt;
    refuse(line_, 1, "the file ends before the line of rows, columns and entries");
  }

 private:
  [[noreturn]] void refuse(std::int64_t line, std::int64_t column, std::string problem) const {
    throw BadData(text_.name, line, column, -1, std::move(problem));
  }

  void read_banner(std::string_view line) {
    auto const words = words_of(line);
    if (words.size() < 5) refuse(1, 1, "expected %%MatrixMarket matrix coordinate, a type and a symmetry");
    one_of(words[1], {"matrix"}, "a matrix");
    one_of(words[2], {"coordinate"}, "coordinate: a dense matrix is no graph");
    header_.weights = one_of(words[3], {"pattern", "real", "integer"}, "real, integer or pattern") > 0;
    header_.symmetric = one_of(words[4], {"general", "symmetric"}, "general or symmetric") == 1;
  }

  // Which of the texts the word is.
  std::size_t one_of(Word const& word, std::vector<std::string_view> const& texts, char const* expected) const {
    auto const found = std::find(texts.begin(), texts.end(), lower(word.text));
    if (found == texts.end()) refuse(1, word.column, shown(word.text) + ": expected " + expected);
    return static_cast<std::size_t>(found - texts.begin());
  }

  void read_size(std::vector<Word> const& words) {
    std::array<std::uint64_t, 3> sizes{};
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (i == words.size()) refuse(line_, 1, "expected rows, columns and entries: three numbers");
      auto const& [text, column] = words[i];
      auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), sizes[i]);
      if (error != std::errc() || end != text.data() + text.size() || sizes[i] > largest_id)
        refuse(line_, column,
               shown(text) + ": expected a number of " +
                   (i == 0   ? "rows"
                    : i == 1 ? "columns"
                             : "entries"));
    }
    if (sizes[0] != sizes[1])
      refuse(
          line_, words[0].column,
          std::to_string(sizes[0]) + " rows and " + std::to_string(sizes[1]) + " columns: a graph's matrix is square");
    header_.rows = sizes[0];
    header_.entries = sizes[2];
    header_.size_line = line_;
  }

  data::TextSource const& text_;
  MatrixHeader header_;
  std::int64_t line_ = 0;
};

}  // namespace

std::optional<MatrixHeader> MatrixHeader::read(data::TextSource const& text) { return HeaderReader(text).read(); }

}  // namespace pel::graph
