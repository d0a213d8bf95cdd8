#include "graph/verification.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "pel/error.hpp"
#include "pel/partition.hpp"

namespace pel::graph {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// A column of a line, and where it stands, from 1.
struct Word {
  std::string_view text;
  std::int64_t column = 0;
};

// Takes the next word off the line.
Word take_word(std::string_view line, std::size_t& at) {
  constexpr char const* blanks = " \t\r";
  auto const first = std::min(line.find_first_not_of(blanks, at), line.size());
  at = std::min(line.find_first_of(blanks, first), line.size());
  return {line.substr(first, at - first), static_cast<std::int64_t>(first) + 1};
}

template <class T>
std::optional<T> number_in(std::string_view text) {
  T value{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> real_in(std::string_view text) {
  for (auto const* const word : {"Infinity", "infinity", "inf", "INF"})
    if (text == word) return infinity;
  return number_in<double>(text);
}

std::optional<std::uint64_t> vertex_in(std::string_view text, Names const& names) {
  if (!names) return number_in<std::uint64_t>(text);
  auto const at = std::ranges::lower_bound(*names, text);
  if (at == names->end() || *at != text) return std::nullopt;
  return static_cast<std::uint64_t>(at - names->begin());
}

std::string label_of(std::uint64_t id, Names const& names) {
  return names && id < names->size() ? (*names)[id] : std::to_string(id);
}

class Reader {
 public:
  Reader(Rule rule, Names const& names) : rule_(rule), names_(names) {}

  void read(data::TextSource const& source) {
    std::int64_t number = 0;
    for (auto const line : data::Lines(data::TextInput({source}), Partition{})) {
      ++number;
      std::size_t at = 0;
      auto const vertex = take_word(line, at);
      if (vertex.text.empty()) continue;
      if (!names_ && vertex.text.front() == '#') continue;  // a name may begin so
      auto const refuse = [&](Word const& word, std::string const& expected) {
        auto const shown = word.text.empty() ? "the line ends here" : "\"" + std::string(word.text) + "\"";
        throw BadData(source.name, number, word.column, -1, shown + ": " + expected);
      };
      auto const id = vertex_in(vertex.text, names_);
      if (!id) refuse(vertex, names_ ? "no vertex is called so" : "expected a vertex number");
      auto const value = take_word(line, at);
      if (!add(value.text)) refuse(value, "expected a value");
      places_.push_back({*id, places_.size(), number, &source.name});
    }
  }

  // Puts the lines in order.
  Answer answer() {
    std::ranges::sort(places_, {}, [](Place const& place) { return std::pair(place.id, place.row); });
    for (std::size_t i = 1; i < places_.size(); ++i)
      if (places_[i].id == places_[i - 1].id)
        throw BadData(*places_[i].file, places_[i].line, 1, -1,
                      "vertex " + label_of(places_[i].id, names_) + " was there before");
    Answer answer;
    std::vector<std::int64_t> whole;
    std::vector<double> real;
    for (auto const& place : places_) {
      answer.ids.push_back(place.id);
      if (rule_ == Rule::real)
        real.push_back(real_[place.row]);
      else
        whole.push_back(whole_[place.row]);
    }
    if (rule_ == Rule::real)
      answer.values = std::move(real);
    else
      answer.values = std::move(whole);
    return answer;
  }

 private:
  struct Place {
    std::uint64_t id;
    std::size_t row;
    std::int64_t line;
    std::string const* file;
  };

  bool add(std::string_view text) {
    if (rule_ == Rule::real) {
      auto const value = real_in(text);
      if (value) real_.push_back(*value);
      return value.has_value();
    }
    auto value = number_in<std::int64_t>(text);
    if (rule_ != Rule::number && names_) {
      auto const id = vertex_in(text, names_);
      value = id ? std::optional(static_cast<std::int64_t>(*id)) : std::nullopt;
    }
    if (value) whole_.push_back(*value);
    return value.has_value();
  }

  Rule rule_;
  Names names_;
  std::vector<Place> places_;
  std::vector<std::int64_t> whole_;
  std::vector<double> real_;
};

std::string shown(double value) {
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  std::array<char, 32> digits{};
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}
std::string shown(std::int64_t value) { return std::to_string(value); }

// How far apart two values are; 0: they agree. Of those that do not, the greatest is the worst.
double error_of(double expected, double found, double tolerance) {
  if (expected == found) return 0;
  if (!std::isfinite(expected) || !std::isfinite(found)) return infinity;
  auto const error = std::abs(expected - found);
  if (error <= tolerance * std::abs(expected)) return 0;
  return expected == 0 ? std::numeric_limits<double>::max() : error / std::abs(expected);
}
double error_of(std::int64_t expected, std::int64_t found, double) {
  return std::abs(static_cast<double>(expected) - static_cast<double>(found)) + (expected == found ? 0 : 1);
}

class Comparing {
 public:
  Comparing(Rule rule, double tolerance, Names const& names) : rule_(rule), tolerance_(tolerance), names_(names) {}

  template <class T>
  Comparison all(std::vector<std::uint64_t> const& ids, std::vector<T> const& expected,
                 std::vector<std::uint64_t> const& found_ids, std::vector<T> const& found) {
    std::size_t e = 0, f = 0;
    while (e < ids.size() || f < found_ids.size()) {
      ++result_.vertices;
      if (f == found_ids.size() || (e < ids.size() && ids[e] < found_ids[f])) {
        differs(ids[e], infinity, text_of(expected[e]), "no such vertex");
        ++e;
      } else if (e == ids.size() || found_ids[f] < ids[e]) {
        differs(found_ids[f], infinity, "no such vertex", text_of(found[f]));
        ++f;
      } else {
        auto const error = rule_ == Rule::component ? (fits(expected[e], found[f]) ? 0. : 1.)
                                                    : error_of(expected[e], found[f], tolerance_);
        if (error > 0) differs(ids[e], error, text_of(expected[e]), text_of(found[f]));
        ++e;
        ++f;
      }
    }
    return std::move(result_);
  }

 private:
  // Whether the two names have been each other's so far.
  bool fits(std::int64_t expected, std::int64_t found) {
    return to_found_.try_emplace(expected, found).first->second == found &&
           to_expected_.try_emplace(found, expected).first->second == expected;
  }
  static bool fits(double, double) { return false; }

  void differs(std::uint64_t id, double error, std::string const& expected, std::string const& found) {
    ++result_.differing;
    if (!(error > worst_) && result_.differing > 1) return;
    worst_ = error;
    result_.worst = "vertex " + label_of(id, names_) + ": expected " + expected + ", found " + found;
  }

  template <class T>
  std::string text_of(T value) const {
    if constexpr (std::is_integral_v<T>)
      if (rule_ != Rule::number) return label_of(static_cast<std::uint64_t>(value), names_);
    return shown(value);
  }

  Rule rule_;
  double tolerance_;
  Names const& names_;
  std::map<std::int64_t, std::int64_t> to_found_, to_expected_;
  double worst_ = 0;
  Comparison result_;
};

}  // namespace

Answer read_answer(data::TextInput const& text, Rule rule, Names const& names) {
  Reader reader(rule, names);
  for (auto const& source : text.sources()) reader.read(source);
  return reader.answer();
}

Comparison compare(Answer const& expected, Answer const& found, Rule rule, double tolerance, Names const& names) {
  Comparing comparing(rule, tolerance, names);
  if (rule == Rule::real)
    return comparing.all(expected.ids, std::get<std::vector<double>>(expected.values), found.ids,
                         std::get<std::vector<double>>(found.values));
  return comparing.all(expected.ids, std::get<std::vector<std::int64_t>>(expected.values), found.ids,
                       std::get<std::vector<std::int64_t>>(found.values));
}

}  // namespace pel::graph
