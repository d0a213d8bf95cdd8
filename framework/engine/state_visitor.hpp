// Visits the state of a partition: what a checkpoint holds of it, field by field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "store/field.hpp"

namespace pel::engine {

// A state is visited more than once, in the same order: first to learn how large it is, then to copy it to its place,
// or to write it from where it lies.
class StateVisitor {
 public:
  virtual ~StateVisitor() = default;

  // Whether the bytes of typed fields are wanted, not just how many rows they have.
  [[nodiscard]] virtual bool wants_bytes() const = 0;
  // Whether fields must be archived for this visit: the first one keeps what it gets.
  [[nodiscard]] virtual bool wants_archives() const = 0;
  // Whether so many bytes may be held on to after the visit, such as an inbox that has been merged for it.
  [[nodiscard]] virtual bool may_keep(std::uint64_t) { return true; }
  // `bytes` as they go into the file; valid during the call, empty where nobody wants them.
  virtual void visit(store::FieldInfo const& info, std::uint64_t rows, std::span<std::byte const> bytes) = 0;
};

}  // namespace pel::engine
