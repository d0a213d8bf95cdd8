#include "store/snapshot.hpp"

#include <algorithm>
#include <utility>

#include "pel/error.hpp"

namespace pel::store {

namespace {

void check(std::vector<PartitionId> const& partitions, FieldPlan const& field) {
  auto at = partitions.begin();
  for (auto const& slice : field.slices) {
    at = std::find(at, partitions.end(), slice.partition);
    if (at == partitions.end())
      throw InternalError(__FILE__, __LINE__,
                          "the slices of " + field.info.name + " are not of these partitions, in order");
    ++at;
  }
}

}  // namespace

void Snapshot::shape(std::vector<PartitionId> partitions, std::vector<FieldPlan> fields) {
  for (auto const& field : fields) check(partitions, field);
  partitions_ = std::move(partitions);
  fields_ = std::move(fields);
  field_at_.clear();
  slice_at_.clear();
  std::size_t at = 0;
  for (auto const& field : fields_) {
    field_at_.push_back(at);
    std::vector<std::uint64_t> first{0};
    for (auto const& slice : field.slices) first.push_back(first.back() + slice.rows * field.info.row_bytes());
    at += (first.back() + PageBuffer::page_bytes - 1) / PageBuffer::page_bytes * PageBuffer::page_bytes;
    slice_at_.push_back(std::move(first));
  }
  buffer_.reserve(at);
}

std::uint64_t Snapshot::bytes() const noexcept {
  std::uint64_t sum = 0;
  for (auto const& first : slice_at_) sum += first.back();
  return sum;
}

std::span<std::byte> Snapshot::field(std::size_t field) {
  return buffer_.bytes().subspan(field_at_[field], slice_at_[field].back());
}
std::span<std::byte const> Snapshot::field(std::size_t field) const {
  return buffer_.bytes().subspan(field_at_[field], slice_at_[field].back());
}

std::pair<std::size_t, std::size_t> Snapshot::place(std::size_t field, std::size_t slice) const {
  auto const& first = slice_at_[field];
  return {field_at_[field] + first[slice], first[slice + 1] - first[slice]};
}

std::span<std::byte> Snapshot::slice(std::size_t field, std::size_t slice) {
  auto const [at, bytes] = place(field, slice);
  return buffer_.bytes().subspan(at, bytes);
}
std::span<std::byte const> Snapshot::slice(std::size_t field, std::size_t slice) const {
  auto const [at, bytes] = place(field, slice);
  return buffer_.bytes().subspan(at, bytes);
}

std::vector<FieldView> Snapshot::of_partition(PartitionId partition) const {
  std::vector<FieldView> views;
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    auto const& slices = fields_[f].slices;
    auto const found = std::ranges::lower_bound(slices, partition, {}, &SlicePlan::partition);
    if (found == slices.end() || found->partition != partition) continue;
    views.push_back({fields_[f].info, found->rows, slice(f, static_cast<std::size_t>(found - slices.begin()))});
  }
  return views;
}

void Snapshot::release() noexcept {
  fields_.clear();
  field_at_.clear();
  slice_at_.clear();
  buffer_.release();
}

}  // namespace pel::store
