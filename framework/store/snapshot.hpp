// The state of a rank's partitions in one buffer, laid out as the part will be: field by field, in each the slices of
// the partitions one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "store/field.hpp"
#include "store/page_buffer.hpp"

namespace pel::store {

// Invariants: 1. each field begins at a whole page of the buffer; 2. the slices of a field lie without gaps.
// Different slices may be filled by different threads.
class Snapshot {
 public:
  // Takes on the shape of the plans, for partitions that ascend; the bytes are undefined. Throws: std::bad_alloc;
  // InternalError if the slices of a plan are not of these partitions, in their order.
  void shape(std::vector<PartitionId> partitions, std::vector<FieldPlan> fields);

  [[nodiscard]] std::vector<PartitionId> const& partitions() const noexcept { return partitions_; }
  [[nodiscard]] std::vector<FieldPlan> const& fields() const noexcept { return fields_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept;  // of all slices
  [[nodiscard]] std::uint64_t room() const noexcept { return buffer_.capacity(); }

  // All bytes of a field, and of its slice number `slice`.
  [[nodiscard]] std::span<std::byte> field(std::size_t field);
  [[nodiscard]] std::span<std::byte const> field(std::size_t field) const;
  [[nodiscard]] std::span<std::byte> slice(std::size_t field, std::size_t slice);
  [[nodiscard]] std::span<std::byte const> slice(std::size_t field, std::size_t slice) const;

  // All fields of one partition, as views of the buffer.
  [[nodiscard]] std::vector<FieldView> of_partition(PartitionId partition) const;

  // Claims and touches memory for that many bytes beforehand. Throws: std::bad_alloc.
  void reserve(std::uint64_t bytes) { buffer_.reserve(bytes); }
  void release() noexcept;

 private:
  [[nodiscard]] std::pair<std::size_t, std::size_t> place(std::size_t field, std::size_t slice) const;

  std::vector<PartitionId> partitions_;
  std::vector<FieldPlan> fields_;
  std::vector<std::size_t> field_at_;  // where a field begins in the buffer
  std::vector<std::vector<std::uint64_t>>
      slice_at_;  // by field and slice: its first byte in the field; one past the end
  PageBuffer buffer_;
};

}  // namespace pel::store
