#include "graph/cache_notes.hpp"

#include <fmt/core.h>

#include <charconv>
#include <iomanip>
#include <span>
#include <sstream>
#include <string_view>
#include <system_error>

#include "base/digest.hpp"

namespace pel::graph {
namespace {

namespace word {
constexpr char const *bfs_source = "bfs-source", *sssp_source = "sssp-source", *damping = "damping",
                     *pagerank_iterations = "pagerank-iterations", *cdlp_iterations = "cdlp-iterations";
}  // namespace word

std::string sum_of(std::string_view body) { return std::to_string(base::checksum_of(std::as_bytes(std::span(body)))); }

// A note that may not be there.
template <class Value>
void put(std::ostream& body, char const* name, std::optional<Value> const& value) {
  if (value) body << name << ' ' << std::quoted(fmt::format("{}", *value)) << '\n';
}

template <class Number>
bool take(std::string const& text, std::optional<Number>& number) {
  Number value{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  number = value;
  return error == std::errc() && end == text.data() + text.size();
}

bool take_note(std::string const& name, std::string const& value, CacheNotes& notes) {
  auto& defaults = notes.defaults;
  if (name == word::pagerank_iterations) return take(value, defaults.pagerank_iterations);
  if (name == word::cdlp_iterations) return take(value, defaults.cdlp_iterations);
  if (name == word::damping) return take(value, defaults.damping);
  if (name == word::bfs_source)
    defaults.bfs_source = value;
  else if (name == word::sssp_source)
    defaults.sssp_source = value;
  else
    return false;
  return true;
}

}  // namespace

std::string text_of(CacheNotes const& notes) {
  std::ostringstream body;
  auto const& defaults = notes.defaults;
  put(body, word::bfs_source, defaults.bfs_source);
  put(body, word::sssp_source, defaults.sssp_source);
  put(body, word::pagerank_iterations, defaults.pagerank_iterations);
  put(body, word::cdlp_iterations, defaults.cdlp_iterations);
  put(body, word::damping, defaults.damping);
  return sum_of(body.str()) + '\n' + body.str();
}

std::optional<CacheNotes> notes_in(std::string const& text) {
  auto const newline = text.find('\n');
  if (newline == text.npos || sum_of(std::string_view(text).substr(newline + 1)) != text.substr(0, newline))
    return std::nullopt;
  std::istringstream body(text.substr(newline + 1));
  CacheNotes notes;
  std::string name, value;
  while (body >> name)
    if (!(body >> std::quoted(value)) || !take_note(name, value, notes)) return std::nullopt;
  return notes;
}

}  // namespace pel::graph
