// Ways in which elements may lie, and a trial of a verb with each: what it gives beside what a plain program gives.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "parts.hpp"
#include "run_datasets.hpp"

namespace pel::test {

// A key, and where the element stands among all: what tells elements of one key apart.
using Item = Entry<std::string, std::int64_t>;
using Items = Parts<Item>;
using Keys = Parts<std::string>;

inline constexpr auto item_key = [](auto const& item) { return item.key; };
inline constexpr auto item_number = [](auto const& item) { return item.value; };

// The partition that the hash of a key picks.
[[nodiscard]] std::size_t home_of(std::string const& key, std::size_t partitions);
// Elements with these keys, numbered in their order.
[[nodiscard]] Items numbered(Keys const& keys);
[[nodiscard]] Keys keys_of(Items const& items);
// Each element where its key's hash picks, those of lower partitions first: where verbs by key bring it.
[[nodiscard]] Items by_home(Items const& items);
// What something else may have to do with the elements: of every three of their keys one twice, one once, one never;
// and keys that they have not.
[[nodiscard]] Items partners(Items const& items);

// The order of elements shows in what it makes of them.
[[nodiscard]] inline std::int64_t mixed(std::int64_t so_far, std::int64_t number) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(so_far) * 31 + static_cast<std::uint64_t>(number) + 7);
}

// What verbs gave that plain programs do not give.
class Differences {
 public:
  template <class Found, class Expected>
  void compare(char const* what, Found const& found, Expected const& expected) {
    if (!(found == expected)) told_ += std::string(what) + " ";
  }
  [[nodiscard]] std::string const& told() const noexcept { return told_; }

 private:
  std::string told_;
};

// Compares what verbs make of the items with what plain programs make of them, in a job of its own.
using Trial = std::function<void(Job&, Items const&, Differences&)>;
// The same with jobs that it starts itself, with that shape.
using Attempt = std::function<void(Shape const&, Items const&, Differences&)>;
[[nodiscard]] Attempt in_a_job(Trial const& trial);

// Tries all layouts: no elements; one; all keys equal; a key that nine of ten have, and enough of them to be hot; parts
// of 0 to 70; keys of 0 bytes and of 1 MiB. On 7 and 64 partitions, on one too where there is one rank, on one thread
// and two; or on the shapes that are given. "" or which layouts gave what differs. Collective: all ranks.
[[nodiscard]] std::vector<Shape> layout_shapes();
[[nodiscard]] std::string differences_of_layouts(Attempt const& attempt,
                                                 std::vector<Shape> const& shapes = layout_shapes());
[[nodiscard]] inline std::string differences_of_layouts(Trial const& trial) {
  return differences_of_layouts(in_a_job(trial));
}

// The property that nothing differs, of any items with few different keys: RapidCheck says what falsifies it.
// Collective: all ranks.
[[nodiscard]] bool holds_for_any(char const* property, Attempt const& attempt, int cases = 20);
[[nodiscard]] inline bool holds_for_any(char const* property, Trial const& trial) {
  return holds_for_any(property, in_a_job(trial));
}

}  // namespace pel::test
