#include "data/debian.hpp"

#include <algorithm>
#include <optional>

#include "data/program_output.hpp"

namespace pel::data {
namespace {

using Vertex = std::uint32_t;

constexpr std::string_view blanks = " \t\r\n\v\f";

std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Takes what stands before the separator (or all) off the front of `rest`.
std::string_view take(std::string_view& rest, char separator) {
  auto const end = rest.find(separator);
  auto const part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

// Field names are not case-sensitive.
bool is_field(std::string_view name, std::string_view wanted) {
  auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(name, wanted, {}, lower, lower);
}

// A field with its continuation lines; or, where `name` is empty, the end of a paragraph.
struct Field {
  std::string_view name, value;
};

// Goes through a file of paragraphs of fields, as Debian's policy describes it (section 5.1).
class Fields {
 public:
  explicit Fields(std::string_view text) noexcept : rest_(text) {}

  // The next field or end of a paragraph; nothing at the end of the text. Lines that are neither are passed over.
  std::optional<Field> next() {
    while (!rest_.empty()) {
      auto const line = take(rest_, '\n');
      if (trimmed(line).empty()) return Field{};
      auto const colon = line.find(':');
      if (continues(line) || colon == std::string_view::npos || colon == 0) continue;
      char const* const begin = line.data() + colon + 1;
      char const* end = line.data() + line.size();
      while (continues(rest_) && !trimmed(rest_.substr(0, rest_.find('\n'))).empty()) {
        auto const more = take(rest_, '\n');
        end = more.data() + more.size();
      }
      return Field{line.substr(0, colon), {begin, static_cast<std::size_t>(end - begin)}};
    }
    return std::nullopt;
  }

 private:
  static bool continues(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }
  std::string_view rest_;
};

// The name at the front of "libc6:any (>= 2.36) [amd64]".
std::string_view bare_name(std::string_view alternative) {
  auto const name = trimmed(alternative);
  return name.substr(0, name.find_first_of(" \t\r\n\v\f([<:"));
}

// A word of a relation field, with the package in whose paragraph it stands.
struct Relation {
  std::string_view package, clauses;
};

struct Relations {
  std::vector<std::string_view> packages;  // one a paragraph
  std::vector<Relation> needs, provides;
};

Relations relations_of(std::string_view lists) {
  Relations all;
  std::string_view package;
  std::vector<std::string_view> needs, provides;
  auto const end_paragraph = [&] {
    if (!package.empty()) {
      all.packages.push_back(package);
      for (auto const clauses : needs) all.needs.push_back({package, clauses});
      for (auto const clauses : provides) all.provides.push_back({package, clauses});
    }
    package = {};
    needs.clear();
    provides.clear();
  };
  Fields fields(lists);
  while (auto const field = fields.next()) {
    if (field->name.empty())
      end_paragraph();
    else if (is_field(field->name, "Package"))
      package = bare_name(field->value);
    else if (is_field(field->name, "Depends") || is_field(field->name, "Pre-Depends"))
      needs.push_back(field->value);
    else if (is_field(field->name, "Provides"))
      provides.push_back(field->value);
  }
  end_paragraph();
  return all;
}

template <class T>
void sort_unique(std::vector<T>& values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// Finds the packages that a name stands for.
class Names {
 public:
  explicit Names(Relations const& all) : packages_(all.packages) {
    sort_unique(packages_);
    for (auto const& [package, clauses] : all.provides) {
      auto const provider = *vertex_of(package);
      for (auto rest = clauses; !rest.empty();)
        if (auto const name = bare_name(take(rest, ',')); !name.empty()) provided_.emplace_back(name, provider);
    }
    sort_unique(provided_);
  }

  [[nodiscard]] std::vector<std::string_view> const& packages() const noexcept { return packages_; }

  [[nodiscard]] std::optional<Vertex> vertex_of(std::string_view name) const {
    auto const at = std::ranges::lower_bound(packages_, name);
    if (at == packages_.end() || *at != name) return std::nullopt;
    return static_cast<Vertex>(at - packages_.begin());
  }

  // Appends the package of that name, or else all that provide it; false if there is none.
  bool append_targets(std::string_view name, std::vector<Vertex>& targets) const {
    if (auto const vertex = vertex_of(name)) {
      targets.push_back(*vertex);
      return true;
    }
    auto at = std::ranges::lower_bound(provided_, std::pair(name, Vertex{0}));
    bool const found = at != provided_.end() && at->first == name;
    for (; at != provided_.end() && at->first == name; ++at) targets.push_back(at->second);
    return found;
  }

 private:
  std::vector<std::string_view> packages_;
  std::vector<std::pair<std::string_view, Vertex>> provided_;
};

}  // namespace

std::string package_lists() { return program_output({"apt-cache", "dumpavail"}); }

PackageGraph package_graph(std::string_view lists) {
  auto const all = relations_of(lists);
  Names const names(all);
  PackageGraph graph;
  graph.names.assign(names.packages().begin(), names.packages().end());
  std::vector<Vertex> targets;
  for (auto const& [package, clauses] : all.needs) {
    auto const source = *names.vertex_of(package);
    for (auto rest = clauses; !rest.empty();) {
      targets.clear();
      for (auto clause = take(rest, ','); !clause.empty();)
        if (names.append_targets(bare_name(take(clause, '|')), targets)) break;
      for (auto const target : targets)
        if (target != source) graph.edges.emplace_back(source, target);
    }
  }
  sort_unique(graph.edges);
  return graph;
}

std::string package_descriptions(std::string_view lists) {
  std::string text;
  Fields fields(lists);
  while (auto const field = fields.next()) {
    if (!is_field(field->name, "Description") && !is_field(field->name, "Description-en")) continue;
    for (auto rest = field->value; !rest.empty();) {
      auto line = take(rest, '\n');
      if (line.starts_with(' ') || line.starts_with('\t')) line.remove_prefix(1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      auto const content = trimmed(line);
      if (content.empty() || content == ".") continue;
      text.append(line).push_back('\n');
    }
  }
  return text;
}

}  // namespace pel::data
