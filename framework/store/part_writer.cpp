// HDF5 lays the file out in memory; all bytes get onto the disk by pwrite, those of datasets at the offsets it chose.
#include <array>
#include <string>
#include <vector>

#include "store/creation_time.hpp"
#include "store/file.hpp"
#include "store/hdf5.hpp"
#include "store/part_file.hpp"
#include "store/part_index.hpp"

namespace pel::store {
namespace {

hdf5::Shape shape_of(Field const& field) {
  hdf5::Shape shape{0};
  for (auto const& slice : field.slices) shape[0] += slice.rows;
  shape.insert(shape.end(), field.info.row_shape.begin(), field.info.row_shape.end());
  return shape;
}

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
}

// Each function that adds a dataset returns where its bytes go in the file.
std::uint64_t add_dataset(hdf5::File const& file, std::string const& path, hdf5::Type const& type,
                          hdf5::Shape const& shape, char const* encoding = nullptr) {
  auto const dataset = hdf5::create_dataset(file, path, type, shape);
  if (encoding != nullptr) hdf5::set_text(dataset.id(), "encoding", encoding);
  return hdf5::byte_offset(dataset);
}

std::array<std::uint64_t, 3> add_index(hdf5::File const& file, PartIndex const& index) {
  return {add_dataset(file, index_datasets[0], hdf5::number_type(base::ElementType::u32), {index.partitions.size()}),
          add_dataset(file, index_datasets[1], hdf5::text_type(index.name_width()), {index.names.size()}),
          add_dataset(file, index_datasets[2], hdf5::record_type(slice_columns), {index.slices.size()})};
}

std::uint64_t add_field(hdf5::File const& file, Field const& field) {
  bool const boolean = field.info.type == base::ElementType::boolean;
  char const* const encoding = field.info.opaque ? "boost-binary" : boolean ? "bool" : nullptr;
  return add_dataset(file, "/" + field.info.name, hdf5::number_type(field.info.type), shape_of(field), encoding);
}

// The file without the datasets' bytes, and where these go.
struct Layout {
  FileImage image;
  std::array<std::uint64_t, 3> index{};
  std::vector<std::uint64_t> fields;
};

Layout lay_out(PartHeading const& heading, PartIndex const& index, std::vector<Field> const& fields) {
  Layout layout;
  auto file = hdf5::create_file(layout.image);
  add_heading(file, heading);
  layout.index = add_index(file, index);
  for (auto const& field : fields) layout.fields.push_back(add_field(file, field));
  file.close();
  return layout;
}

void write_slices(WritableFile& file, std::uint64_t offset, Field const& field) {
  for (auto const& slice : field.slices) {
    file.write_at(offset, slice.bytes);
    offset += slice.bytes.size();
  }
}

}  // namespace

PartSummary write_part_file(std::filesystem::path const& path, PartHeading const& heading,
                            std::vector<PartitionId> const& partitions, std::vector<Field> const& fields) try {
  auto const index = index_of(partitions, fields);
  auto const index_bytes = index.encoded();
  auto const layout = lay_out(heading, index, fields);

  auto file = layout.image.store(path);
  file.write_at(layout.index[0], index_bytes.partitions);
  file.write_at(layout.index[1], index_bytes.names);
  file.write_at(layout.index[2], index_bytes.slices);
  for (std::size_t i = 0; i < fields.size(); ++i) write_slices(file, layout.fields[i], fields[i]);
  file.sync();
  file.close();
  return {path.filename().string(), layout.image.size(), index_bytes.digest(), partitions};
} catch (hdf5::Error const& error) {
  throw write_failed(path, error.code, error.what());
}

}  // namespace pel::store
