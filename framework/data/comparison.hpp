// What differs between a result and what was expected.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.hpp"
#include "data/text_input.hpp"

namespace pel::data {

struct Comparison {
  static constexpr std::size_t most_told = 3;

  std::string things;           // what was compared: "lines"
  std::uint64_t compared = 0;   // in both, or in one of the two only
  std::uint64_t differing = 0;  // of these
  // The first few that differ. Example: "\"of\": expected 7 (golden.tsv:2), found 8 (out.txt:5)".
  std::vector<std::string> first{};

  [[nodiscard]] bool same() const noexcept { return differing == 0; }
  [[nodiscard]] bool tells_more() const noexcept { return first.size() < most_told; }
  // Counts one that differs; `told` says how, and is called for the first few only.
  template <class Told>
  void differs(Told const& told) {
    ++differing;
    if (tells_more()) first.push_back(told());
  }
  // Nothing if all is well. Example: "2 of 7 lines differ from golden.tsv; the first are …; …".
  [[nodiscard]] std::string words(std::string const& against) const;
};

// What a result should be: holds what was found against it. Sources are held in memory (see whole()).
using Expectation = std::function<Comparison(TextInput const& found)>;

// The same sources, each whole in memory. Throws: MissingInput if a file has vanished; BadData if one became shorter.
[[nodiscard]] TextInput whole(TextInput const& input);

// Shows each line of a source that is held, without its newline, and its number from 1 on. A byte order mark before the
// first is passed over.
void each_line(TextSource const& held, base::FunctionRef<void(std::int64_t number, std::string_view line)> show);

// Where a line stands: "golden.tsv:2"; nothing of a source without a name, as that of a text which was computed.
[[nodiscard]] std::string place_of(TextSource const& source, std::int64_t line);
// The same in brackets, behind a blank.
[[nodiscard]] std::string at_place(TextSource const& source, std::int64_t line);

}  // namespace pel::data
