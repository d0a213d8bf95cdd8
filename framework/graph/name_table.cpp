#include "graph/name_table.hpp"

#include <algorithm>
#include <limits>

#include "base/hash.hpp"
#include "pel/error.hpp"

namespace pel::graph {

void NameTable::add(std::string_view name) {
  if (2 * names_.size() >= numbers_.size()) rebuild(std::max<std::size_t>(64, 2 * numbers_.size()));
  auto& number = numbers_[place_of(name)];
  if (number != 0) return;
  if (names_.size() == std::numeric_limits<std::uint32_t>::max())
    throw ConfigError("--names", "more than 2^32 - 1 names", "number the vertices instead");
  names_.emplace_back(name);
  number = static_cast<std::uint32_t>(names_.size());
}

void NameTable::sort() {
  std::ranges::sort(names_);
  rebuild(numbers_.size());
}

std::optional<std::uint64_t> NameTable::find(std::string_view name) const noexcept {
  if (numbers_.empty()) return std::nullopt;
  auto const number = numbers_[place_of(name)];
  if (number == 0) return std::nullopt;
  return number - 1;
}

std::size_t NameTable::place_of(std::string_view name) const noexcept {
  auto const mask = numbers_.size() - 1;
  auto place = base::hash_text(name) & mask;
  while (numbers_[place] != 0 && names_[numbers_[place] - 1] != name) place = (place + 1) & mask;
  return place;
}

void NameTable::rebuild(std::size_t places) {
  numbers_.assign(places, 0);
  for (std::size_t i = 0; i < names_.size(); ++i) numbers_[place_of(names_[i])] = static_cast<std::uint32_t>(i + 1);
}

}  // namespace pel::graph
