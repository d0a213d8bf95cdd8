#include "data/count_lines.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "pel/error.hpp"

namespace pel::data {
namespace {

struct CountLine {
  std::string_view key;
  std::int64_t count;
  std::int64_t line;
  std::uint32_t source;
};

// The lines of a result, by key; of equal keys in the order of the text.
class CountLines {
 public:
  explicit CountLines(TextInput input) : input_(std::move(input)) {
    for (std::uint32_t source = 0; source < input_.sources().size(); ++source)
      each_line(input_.sources()[source],
                [&](std::int64_t number, std::string_view line) { add(source, number, line); });
    std::sort(lines_.begin(), lines_.end(), [](CountLine const& a, CountLine const& b) {
      return std::tie(a.key, a.source, a.line) < std::tie(b.key, b.source, b.line);
    });
  }

  [[nodiscard]] std::vector<CountLine> const& lines() const noexcept { return lines_; }
  [[nodiscard]] std::string told(CountLine const& line) const {
    return std::to_string(line.count) + at_place(input_.sources()[line.source], line.line);
  }

 private:
  void add(std::uint32_t source, std::int64_t number, std::string_view line) {
    constexpr char const* blanks = " \t\r";
    line = line.substr(0, line.find_last_not_of(blanks) + 1);
    if (line.empty()) return;
    auto const gap = line.find_last_of(blanks);
    auto const count = line.substr(gap == std::string_view::npos ? 0 : gap + 1);
    auto const refuse = [&](std::string_view shown, std::string const& problem) {
      auto const column = static_cast<std::int64_t>(shown.data() - line.data()) + 1;
      throw BadData(input_.sources()[source].name, number, column, -1, problem);
    };
    if (gap == std::string_view::npos) refuse(line.substr(line.size()), "the line ends here: expected a count");
    std::int64_t value = 0;
    auto const [end, error] = std::from_chars(count.data(), count.data() + count.size(), value);
    if (error != std::errc() || end != count.data() + count.size())
      refuse(count, "\"" + std::string(count) + "\": expected a count");
    auto const key = line.substr(0, line.find_last_not_of(blanks, gap) + 1);
    if (key.empty()) refuse(count, "expected a key before the count");
    lines_.push_back({key, value, number, source});
  }

  TextInput input_;
  std::vector<CountLine> lines_;
};

std::string shown(std::string_view key) {
  constexpr std::size_t most = 60;
  return "\"" + std::string(key.substr(0, most)) + (key.size() > most ? "…\"" : "\"");
}

Comparison compare(CountLines const& expected, CountLines const& found) {
  Comparison result{.things = "lines"};
  auto e = expected.lines().begin();
  auto f = found.lines().begin();
  auto const differs = [&](std::string_view key, auto const& right, auto const& mine) {
    result.differs([&] { return shown(key) + ": expected " + right() + ", found " + mine(); });
  };
  auto const nothing = [] { return "no such line"; };
  auto const right = [&] { return expected.told(*e); };
  auto const mine = [&] { return found.told(*f); };
  while (e != expected.lines().end() || f != found.lines().end()) {
    ++result.compared;
    if (f == found.lines().end() || (e != expected.lines().end() && e->key < f->key)) {
      differs(e->key, right, nothing);
      ++e;
    } else if (e == expected.lines().end() || f->key < e->key) {
      differs(f->key, nothing, mine);
      ++f;
    } else {
      if (e->count != f->count) differs(e->key, right, mine);
      ++e;
      ++f;
    }
  }
  return result;
}

}  // namespace

Expectation expect_counts(TextInput const& golden) {
  auto const expected = std::make_shared<CountLines const>(golden);
  return [expected](TextInput const& found) { return compare(*expected, CountLines(found)); };
}

}  // namespace pel::data
