// Names and their numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pel::graph {

// Distinct texts, numbered in the order they came, or, once sorted, by their bytes: then the numbers do not depend on
// who came first. Cost: about 60 bytes a name beside its letters.
// Example: add("b"), add("a"), add("b"), sort(): find("a") is 0, find("b") is 1.
class NameTable {
 public:
  void add(std::string_view name);
  void sort();
  [[nodiscard]] std::optional<std::uint64_t> find(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
  [[nodiscard]] std::string const& name(std::uint64_t number) const noexcept { return names_[number]; }
  [[nodiscard]] std::vector<std::string> const& names() const noexcept { return names_; }

 private:
  [[nodiscard]] std::size_t place_of(
      std::string_view name) const noexcept;  // where it is, or the gap where it would be
  void rebuild(std::size_t places);

  std::vector<std::string> names_;
  std::vector<std::uint32_t> numbers_;  // open addressing by hash: number + 1, or 0; a power of two, at most half full
};

}  // namespace pel::graph
