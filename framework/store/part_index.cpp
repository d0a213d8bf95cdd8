#include "store/part_index.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "base/digest.hpp"
#include "pel/error.hpp"

namespace pel::store {
namespace {

template <class Value>
std::vector<std::byte> bytes_of(std::vector<Value> const& values) {
  auto const bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

template <class Value>
std::vector<Value> values_of(std::vector<std::byte> const& bytes) {
  if (bytes.size() % sizeof(Value) != 0) throw std::invalid_argument("the table of contents has half a row");
  std::vector<Value> values(bytes.size() / sizeof(Value));
  if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

void require(bool holds, std::string const& broken) {
  if (!holds) throw InternalError(__FILE__, __LINE__, broken);
}

}  // namespace

std::string IndexBytes::digest() const {
  return base::to_hex(base::DigestStream().add(partitions).add(names).add(slices).finish());
}

std::uint64_t PartIndex::name_width() const {
  std::size_t width = 1;
  for (auto const& name : names) width = std::max(width, name.size());
  return width;
}

IndexBytes PartIndex::encoded() const {
  auto const width = name_width();
  std::vector<std::byte> padded(names.size() * width);
  for (std::size_t i = 0; i < names.size(); ++i)
    std::ranges::copy(std::as_bytes(std::span(names[i])), padded.begin() + static_cast<std::ptrdiff_t>(i * width));
  return {bytes_of(partitions), std::move(padded), bytes_of(slices)};
}

PartIndex index_of(std::vector<PartitionId> const& partitions, std::vector<Field> const& fields) {
  PartIndex index{partitions, {}, {}};
  for (auto const& field : fields) {
    std::uint64_t first_row = 0;
    for (auto const& slice : field.slices) {
      require(slice.bytes.size() == slice.rows * field.info.row_bytes(),
              "a slice of " + field.info.name + " has not the size of its rows");
      require(std::ranges::find(partitions, slice.partition) != partitions.end(),
              "a slice of " + field.info.name + " is of a partition that is not this rank's");
      index.slices.push_back(
          {index.names.size(), pel::index(slice.partition), first_row, slice.rows, base::checksum_of(slice.bytes)});
      first_row += slice.rows;
    }
    index.names.push_back(field.info.name);
  }
  return index;
}

PartIndex decoded(IndexBytes const& bytes, std::uint64_t name_width) {
  PartIndex index{values_of<PartitionId>(bytes.partitions), {}, values_of<SliceRow>(bytes.slices)};
  if (name_width == 0 || bytes.names.size() % name_width != 0)
    throw std::invalid_argument("the table of contents has half a name");
  for (std::size_t at = 0; at < bytes.names.size(); at += name_width) {
    std::string name(name_width, '\0');
    std::memcpy(name.data(), bytes.names.data() + at, name_width);
    index.names.push_back(name.substr(0, name.find('\0')));
  }
  for (auto const& row : index.slices)
    if (row.field >= index.names.size()) throw std::invalid_argument("the table of contents names an unknown field");
  return index;
}

}  // namespace pel::store
