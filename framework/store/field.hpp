// What a checkpoint is made of: named, typed fields, a slice of each for every partition.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/element_type.hpp"
#include "pel/partition.hpp"

namespace pel::store {

// The type of a field. A slice has `rows` rows of `row_shape` elements each; a scalar is one row of shape {}.
// Example: std::vector<std::array<double, 2>> is {"state/means", f64, {2}}, rows = the vector's size.
// `opaque`: the rows are the bytes (u8) of a Boost.Serialization binary archive.
struct FieldInfo {
  std::string name;  // the dataset's path in the file without a leading slash: "state/rank", "inbox/key"
  base::ElementType type = base::ElementType::u8;
  std::vector<std::uint64_t> row_shape;
  bool opaque = false;

  [[nodiscard]] std::uint64_t row_bytes() const {
    std::uint64_t bytes = base::size_of(type);
    for (auto const n : row_shape) bytes *= n;
    return bytes;
  }
  friend bool operator==(FieldInfo const&, FieldInfo const&) = default;
};

// One partition's share of a field, wherever its bytes lie: in memory, or with who fetches them.
// Invariant: bytes.size() == size(), or there is a fetch(), which fills a place of that size.
struct FieldView {
  FieldInfo info;
  std::uint64_t rows = 0;
  std::span<std::byte const> bytes = {};
  std::function<void(std::span<std::byte>)> fetch = {};

  [[nodiscard]] std::uint64_t size() const { return rows * info.row_bytes(); }
  // Requires: to.size() == size(). Throws: what fetch() throws.
  void copy_to(std::span<std::byte> to) const {
    if (fetch)
      fetch(to);
    else
      std::ranges::copy(bytes, to.begin());
  }
  // The bytes, for which `scratch` may be used. Throws: what fetch() throws.
  [[nodiscard]] std::span<std::byte const> in_memory(std::vector<std::byte>& scratch) const {
    if (!fetch) return bytes;
    scratch.resize(size());
    fetch(scratch);
    return scratch;
  }
};

// The same before there are bytes: how many rows of a field each partition has, ascending by partition. A partition
// may lack a field, or have no row of it.
struct SlicePlan {
  PartitionId partition{};
  std::uint64_t rows = 0;
};
struct FieldPlan {
  FieldInfo info;
  std::vector<SlicePlan> slices;

  [[nodiscard]] std::uint64_t rows() const {
    std::uint64_t sum = 0;
    for (auto const& slice : slices) sum += slice.rows;
    return sum;
  }
  [[nodiscard]] std::uint64_t bytes() const { return rows() * info.row_bytes(); }
};

}  // namespace pel::store
