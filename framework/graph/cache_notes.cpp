#include "graph/cache_notes.hpp"

#include <fmt/core.h>

#include <charconv>
#include <filesystem>
#include <iomanip>
#include <span>
#include <sstream>
#include <string_view>
#include <system_error>

#include "base/digest.hpp"
#include "pel/error.hpp"

namespace pel::graph {
namespace {

namespace word {
constexpr char const *bfs_source = "bfs-source", *sssp_source = "sssp-source", *damping = "damping",
                     *pagerank_iterations = "pagerank-iterations", *cdlp_iterations = "cdlp-iterations",
                     *spec = "input", *file = "file", *left_out = "left-out";
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

std::string absolute(std::string const& path) { return std::filesystem::absolute(path).lexically_normal().string(); }

bool take_file(std::istream& body, std::string const& bytes, CacheOrigin& origin) {
  std::optional<std::uint64_t> size;
  std::string path;
  if (!(body >> std::quoted(path)) || !take(bytes, size)) return false;
  origin.files.emplace_back(std::move(path), *size);
  return true;
}

// `value`: its first; others are still in the body.
bool take_note(std::istream& body, std::string const& name, std::string const& value, CacheNotes& notes) {
  if (name == word::file) return take_file(body, value, notes.origin);
  if (name == word::left_out) {
    std::optional<std::uint64_t> lines;
    bool const whole = take(value, lines);
    notes.left_out = lines.value_or(0);
    return whole;
  }
  auto& defaults = notes.defaults;
  if (name == word::pagerank_iterations) return take(value, defaults.pagerank_iterations);
  if (name == word::cdlp_iterations) return take(value, defaults.cdlp_iterations);
  if (name == word::damping) return take(value, defaults.damping);
  if (name == word::bfs_source)
    defaults.bfs_source = value;
  else if (name == word::sssp_source)
    defaults.sssp_source = value;
  else if (name == word::spec)
    notes.origin.spec = value;
  else
    return false;
  return true;
}

}  // namespace

CacheOrigin CacheOrigin::of(EdgeInput const& input) {
  CacheOrigin origin{input.spec(), input.files()};
  if (!origin.files.empty()) origin.spec = absolute(origin.spec);
  for (auto& [path, bytes] : origin.files) path = absolute(path);
  return origin;
}

void CacheOrigin::check_sizes(std::string const& cache) const {
  for (auto const& [path, bytes] : files) {
    std::error_code gone;
    auto const now = std::filesystem::file_size(path, gone);
    if (!gone && now != bytes)
      throw BadData(cache, 0, 0, -1,
                    fmt::format("is not the graph of its input any more: {} had {} bytes and has {} now; write the "
                                "cache anew from the input, with --write-graph-cache",
                                path, bytes, now));
  }
}

std::string text_of(CacheNotes const& notes) {
  std::ostringstream body;
  auto const& defaults = notes.defaults;
  put(body, word::bfs_source, defaults.bfs_source);
  put(body, word::sssp_source, defaults.sssp_source);
  put(body, word::pagerank_iterations, defaults.pagerank_iterations);
  put(body, word::cdlp_iterations, defaults.cdlp_iterations);
  put(body, word::damping, defaults.damping);
  put(body, word::spec, std::optional(notes.origin.spec));
  put(body, word::left_out, std::optional(notes.left_out));
  for (auto const& [path, bytes] : notes.origin.files)
    body << word::file << ' ' << std::quoted(std::to_string(bytes)) << ' ' << std::quoted(path) << '\n';
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
    if (!(body >> std::quoted(value)) || !take_note(body, name, value, notes)) return std::nullopt;
  return notes;
}

}  // namespace pel::graph
