#include "data/comparison.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "data/source_bytes.hpp"

namespace pel::data {

std::string Comparison::words(std::string const& against) const {
  if (same()) return "";
  auto text = std::to_string(differing) + " of " + std::to_string(compared) + " " + things + " differ from " + against +
              "; the first " + (first.size() == 1 ? "is " : "are ");
  for (std::size_t i = 0; i < first.size(); ++i) text += (i == 0 ? "" : "; ") + first[i];
  return text;
}

TextInput whole(TextInput const& input) {
  auto sources = input.sources();
  for (auto& source : sources) {
    if (source.held) continue;
    std::string text(source.size, '\0');
    SourceBytes(source).read_at(0, std::span(text));
    source.held = std::make_shared<std::string const>(std::move(text));
  }
  return TextInput(std::move(sources));
}

void each_line(TextSource const& held, base::FunctionRef<void(std::int64_t, std::string_view)> show) {
  auto rest = without_byte_order_mark(*held.held);
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    auto const end = std::min(rest.find('\n'), rest.size());
    show(number, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

std::string place_of(TextSource const& source, std::int64_t line) {
  return source.name.empty() ? "" : source.name + ":" + std::to_string(line);
}

std::string at_place(TextSource const& source, std::int64_t line) {
  return source.name.empty() ? "" : " (" + place_of(source, line) + ")";
}

}  // namespace pel::data
