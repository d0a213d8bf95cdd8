#include <algorithm>
#include <stdexcept>

#include "base/digest.hpp"
#include "store/file.hpp"
#include "store/hdf5.hpp"
#include "store/part_file.hpp"
#include "store/part_index.hpp"

namespace pel::store {
namespace {

// One part opened twice: HDF5 tells names, types and places, the bytes are read at those places.
struct OpenPart {
  std::filesystem::path path;
  ReadableFile raw;
  hdf5::File file;
};

void require(bool holds, OpenPart const& part, std::string const& reason) {
  if (!holds) throw Damaged(part.path, reason);
}

OpenPart open_part(std::filesystem::path const& path, std::uint64_t bytes) {
  ReadableFile raw(path);
  if (raw.size() != bytes)
    throw Damaged(path, "has " + std::to_string(raw.size()) + " bytes, the manifest says " + std::to_string(bytes));
  auto file = hdf5::open_file(path);
  return {path, std::move(raw), std::move(file)};
}

// The bytes of a dataset, which cannot be more than the file has: this guards the products that come after.
std::uint64_t bytes_of(OpenPart const& part, hdf5::Dataset const& dataset) {
  auto bytes = hdf5::element_bytes(dataset);
  for (auto const n : hdf5::shape_of(dataset)) {
    require(n == 0 || bytes <= part.raw.size() / n, part, "a dataset is larger than the file");
    bytes *= n;
  }
  return bytes;
}

std::vector<std::byte> read_all(OpenPart const& part, hdf5::Dataset const& dataset) {
  std::vector<std::byte> bytes(bytes_of(part, dataset));
  part.raw.read_at(hdf5::byte_offset(dataset), bytes);
  return bytes;
}

void check_heading(OpenPart const& part, std::int64_t superstep) {
  auto const root = part.file.id();
  require(hdf5::text_of(root, "format") == part_format, part, "is no checkpoint of PEL's");
  auto const version = hdf5::integer_of(root, "format_version");
  require(version == part_format_version, part, "has the unknown format version " + std::to_string(version));
  auto const found = hdf5::integer_of(root, "superstep");
  require(found == superstep, part, "is of superstep " + std::to_string(found));
}

PartIndex read_index(OpenPart const& part, PartSummary const& summary) {
  auto const names = hdf5::open_dataset(part.file, index_datasets[1]);
  IndexBytes const bytes{read_all(part, hdf5::open_dataset(part.file, index_datasets[0])), read_all(part, names),
                         read_all(part, hdf5::open_dataset(part.file, index_datasets[2]))};
  require(bytes.digest() == summary.digest, part, "its table of contents is not the one the manifest tells of");
  auto index = decoded(bytes, hdf5::element_bytes(names));
  require(index.partitions == summary.partitions, part, "holds other partitions than the manifest says");
  return index;
}

FieldInfo info_of(OpenPart const& part, std::string const& name, hdf5::Dataset const& dataset) {
  auto const shape = hdf5::shape_of(dataset);
  require(!shape.empty(), part, name + " is a scalar");
  FieldInfo info{name, hdf5::number_type_of(dataset), {shape.begin() + 1, shape.end()}, false};
  if (hdf5::has_attribute(dataset.id(), "encoding")) {
    auto const encoding = hdf5::text_of(dataset.id(), "encoding");
    require(info.type == base::ElementType::u8 && (encoding == "bool" || encoding == "boost-binary"), part,
            name + " has the unknown encoding " + encoding);
    info.opaque = encoding == "boost-binary";
    if (!info.opaque) info.type = base::ElementType::boolean;
  }
  return info;
}

Field read_slice(OpenPart const& part, std::string const& name, SliceRow const& row) {
  auto const dataset = hdf5::open_dataset(part.file, "/" + name);
  auto info = info_of(part, name, dataset);
  auto const rows = hdf5::shape_of(dataset).front();
  require(row.first_row <= rows && row.rows <= rows - row.first_row, part, name + " has too few rows");
  static_cast<void>(bytes_of(part, dataset));

  Slice slice{partition_id(row.partition), row.rows, std::vector<std::byte>(row.rows * info.row_bytes())};
  if (!slice.bytes.empty())
    part.raw.read_at(hdf5::byte_offset(dataset) + row.first_row * info.row_bytes(), slice.bytes);
  require(base::checksum_of(slice.bytes) == row.checksum, part,
          name + " of partition " + std::to_string(row.partition) + " has another checksum than when it was written");
  Field field{std::move(info), {}};
  field.slices.push_back(std::move(slice));
  return field;
}

}  // namespace

std::vector<Field> read_part_file(std::filesystem::path const& path, std::int64_t superstep, PartSummary const& summary,
                                  PartitionId partition) try {
  auto const part = open_part(path, summary.bytes);
  check_heading(part, superstep);
  auto const index = read_index(part, summary);
  require(std::ranges::find(index.partitions, partition) != index.partitions.end(), part,
          "does not hold partition " + std::to_string(pel::index(partition)));

  std::vector<Field> fields;
  for (auto const& row : index.slices)
    if (row.partition == pel::index(partition)) fields.push_back(read_slice(part, index.names[row.field], row));
  return fields;
} catch (hdf5::Error const& error) {
  throw Damaged(path, error.what());
} catch (std::invalid_argument const& error) {
  throw Damaged(path, error.what());
}

}  // namespace pel::store
