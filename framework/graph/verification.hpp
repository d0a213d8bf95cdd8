// When an answer of a graph kernel counts as right: LDBC Graphalytics' rules.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "data/text_input.hpp"
#include "graph/reference/plain_graph.hpp"

namespace pel::graph {

// What a value is, and when two of them agree.
enum class Rule {
  number,     // a whole number; equal
  vertex,     // a vertex of the graph; equal
  component,  // a vertex of the graph that names a component; the same partition of the vertices, whatever the names
  real        // |expected - found| <= tolerance * |expected|: so 0 must be met exactly, and Infinity by Infinity
};

using Values = std::variant<std::vector<std::int64_t>, std::vector<double>>;

// A value for each vertex, ascending by id, no id twice.
struct Answer {
  std::vector<std::uint64_t> ids;
  Values values;  // of doubles for Rule::real, else of integers
};

// What a kernel's answer should be: how to compare it, and how to find it on one thread.
struct Expected {
  Rule rule = Rule::number;
  std::function<Values(PlainGraph const&)> reference;
  bool weights = false;  // whether the reference looks at them
};

// Names of vertices by id, ascending in byte order, or null: then ids stand for themselves.
using Names = std::shared_ptr<std::vector<std::string> const>;

// Reads lines "vertex value", further columns ignored: in any order, from any number of files; blank lines and those
// that begin with # hold nothing; infinity is `Infinity`, `infinity`, `inf` or `INF`. Where vertices have names, so
// they are called here, too, also as values of Rule::vertex and Rule::component. Throws: BadData with file, line and
// column for a line that is none, an unknown name, and a vertex that comes twice. Example: "7 0.5\n3 Infinity\n" is 3:
// infinity, 7: 0.5.
[[nodiscard]] Answer read_answer(data::TextInput const& text, Rule rule, Names const& names);

// How far an answer is from what was expected.
struct Comparison {
  std::uint64_t vertices = 0;   // compared, or in one of the two only
  std::uint64_t differing = 0;  // of these
  std::string worst;            // "vertex 7: expected 0.25, found 0.5"; empty if none differs

  [[nodiscard]] bool same() const noexcept { return differing == 0; }
};

// The worst vertex is the one with the largest error, relative for Rule::real; one that only one side has is worse than
// any, infinity against a number, too; of equals the smallest id. Cost: O(n); O(n log n) for components.
[[nodiscard]] Comparison compare(Answer const& expected, Answer const& found, Rule rule, double tolerance,
                                 Names const& names);

}  // namespace pel::graph
