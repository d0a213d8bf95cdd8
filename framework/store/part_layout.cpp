#include "store/part_layout.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "pel/error.hpp"
#include "store/creation_time.hpp"
#include "store/field_attributes.hpp"
#include "store/hdf5.hpp"

namespace pel::store {
namespace {

void add_heading(hdf5::File const& file, PartHeading const& heading) {
  auto const root = file.id();
  hdf5::set_text(root, "format", part_format);
  hdf5::set_integer(root, "format_version", part_format_version);
  hdf5::set_text(root, "app", heading.app);
  hdf5::set_integer(root, "superstep", heading.superstep);
  hdf5::set_integer(root, "partitions", heading.partitions);
  hdf5::set_integer(root, "ranks", heading.ranks);
  hdf5::set_integer(root, "rank", heading.rank);
  hdf5::set_text(root, "created_utc", creation_time());
  hdf5::set_text(root, "params_json", heading.parameters);
}

std::uint64_t chunks_of(FieldRows const& field) { return field.packed == nullptr ? 0 : field.packed->chunks.size(); }

hdf5::Shape shape_of(FieldRows const& field) {
  hdf5::Shape shape{field.rows};
  shape.insert(shape.end(), field.info.row_shape.begin(), field.info.row_shape.end());
  return shape;
}

std::optional<std::uint64_t> rows_of_job(PartHeading const& heading, FieldInfo const& info) {
  auto const known = heading.rows.find(info.name);
  if (known == heading.rows.end()) return std::nullopt;
  return known->second;
}

void add_packed(hdf5::File const& file, PartHeading const& heading, std::uint64_t number, FieldRows const& field,
                std::vector<ChunkRow>& rows) {
  std::vector<std::span<std::byte const>> chunks(field.packed->chunks.begin(), field.packed->chunks.end());
  auto const made = hdf5::create_chunked(file, "/" + field.info.name, field.info.type, shape_of(field),
                                         field.packed->chunk_rows, chunks);
  set_field_attributes(made.dataset, field.info, rows_of_job(heading, field.info));
  for (std::size_t i = 0; i < chunks.size(); ++i)
    rows.push_back({number, field.packed->chunk_rows, made.offsets[i], chunks[i].size()});
}

// Returns where its bytes go in the file.
std::uint64_t add_field(hdf5::File const& file, PartHeading const& heading, FieldRows const& field) {
  auto const shape = shape_of(field);
  auto const dataset = hdf5::create_dataset(file, "/" + field.info.name, hdf5::number_type(field.info.type), shape);
  set_field_attributes(dataset, field.info, rows_of_job(heading, field.info));
  return hdf5::byte_offset(dataset);
}

hdf5::Type type_of(Table table, std::uint64_t row_bytes) {
  switch (table) {
    case Table::partitions:
      return hdf5::number_type(base::ElementType::u32);
    case Table::slices:
      return hdf5::record_type(slice_columns);
    case Table::chunks:
      return hdf5::record_type(chunk_columns);
    case Table::blocks:
      return hdf5::number_type(base::ElementType::u64);
    case Table::fields:
    case Table::files:
      break;
  }
  return hdf5::text_type(row_bytes);
}

TablePlace add_table(hdf5::File const& file, std::size_t number, TableBytes const& table) {
  auto const rows = table.bytes.size() / table.row_bytes;
  auto const type = type_of(static_cast<Table>(number), table.row_bytes);
  auto const dataset = hdf5::create_dataset(file, table_names.at(number), type, {rows});
  return {hdf5::byte_offset(dataset), table.bytes.size(), table.row_bytes};
}

void require(bool holds, char const* broken) {
  if (!holds) throw InternalError(__FILE__, __LINE__, broken);
}

}  // namespace

PartLayout lay_out(PartHeading const& heading, std::vector<FieldRows> const& fields, Tables const& table_sizes) {
  PartLayout layout;
  // Room for all metadata at once, so that none of it gets between the datasets.
  auto metadata = (std::uint64_t{64} << 10U) + std::uint64_t{4096} * fields.size() + heading.parameters.size();
  for (auto const& field : fields) metadata += 64 * chunks_of(field);
  layout.image.leave_out_data();
  auto file = hdf5::create_file(layout.image, metadata);
  add_heading(file, heading);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    layout.fields.push_back(fields[i].packed == nullptr ? add_field(file, heading, fields[i]) : 0);
    if (fields[i].packed != nullptr) add_packed(file, heading, i, fields[i], layout.chunks);
  }
  for (std::size_t i = 0; i < tables; ++i) layout.table_places.at(i) = add_table(file, i, table_sizes.at(i));
  file.close();

  auto first_table = layout.image.size();  // of those with rows
  for (auto const& place : layout.table_places)
    if (place.bytes > 0) first_table = std::min(first_table, place.offset);
  layout.metadata_bytes = first_table;
  for (auto const offset : layout.fields)
    if (offset > 0) layout.metadata_bytes = std::min(layout.metadata_bytes, offset);
  for (auto const& chunk : layout.chunks) layout.metadata_bytes = std::min(layout.metadata_bytes, chunk.offset);
  require(layout.image.last_written() <= layout.metadata_bytes, "HDF5 has put metadata behind data");
  for (std::size_t i = 0; i < fields.size(); ++i)
    require(layout.fields[i] < first_table, "HDF5 has put a field behind the table of contents");
  return layout;
}

}  // namespace pel::store
