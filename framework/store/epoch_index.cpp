#include "store/epoch_index.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/creation_time.hpp"
#include "store/field_attributes.hpp"
#include "store/file.hpp"
#include "store/file_image.hpp"
#include "store/hdf5.hpp"
#include "store/part_file.hpp"

namespace pel::store {
namespace {

// A partition's slice of a field, and where it is.
struct Piece {
  std::uint64_t partition = 0, rows = 0, first_row = 0;
  std::string file;
};
struct WholeField {
  FieldInfo info;
  std::vector<Piece> pieces;
};

void collect(std::vector<WholeField>& fields, std::map<std::string, std::size_t>& at, PartIndex const& index) {
  for (auto const& row : index.slices) {
    auto const& info = index.fields[row.field];
    auto const [known, is_new] = at.emplace(info.name, fields.size());
    if (is_new) fields.push_back({info, {}});
    fields[known->second].pieces.push_back({row.partition, row.rows, row.first_row, index.files[row.file]});
  }
}

std::vector<WholeField> fields_of(std::filesystem::path const& directory, Manifest const& manifest) {
  std::vector<WholeField> fields;
  std::map<std::string, std::size_t> at;
  for (auto const& part : manifest.parts) collect(fields, at, PartReader(directory, part).index());
  for (auto& field : fields) std::ranges::sort(field.pieces, {}, &Piece::partition);
  return fields;
}

// Pieces that follow each other both in the whole and in one file become one.
std::vector<hdf5::VirtualRows> sources_of(WholeField const& field) {
  std::vector<hdf5::VirtualRows> sources;
  std::uint64_t row = 0;
  for (auto const& piece : field.pieces) {
    bool const goes_on = !sources.empty() && sources.back().file == piece.file &&
                         sources.back().source_row + sources.back().rows == piece.first_row;
    if (goes_on)
      sources.back().rows += piece.rows;
    else if (piece.rows > 0)
      sources.push_back({piece.file, row, piece.first_row, piece.rows});
    row += piece.rows;
  }
  return sources;
}

hdf5::Shape shape_of(WholeField const& field) {
  hdf5::Shape shape{0};
  for (auto const& piece : field.pieces) shape[0] += piece.rows;
  shape.insert(shape.end(), field.info.row_shape.begin(), field.info.row_shape.end());
  return shape;
}

void add_field(hdf5::File const& file, WholeField const& field) {
  auto const shape = shape_of(field);
  auto const dataset = hdf5::create_virtual(file, "/" + field.info.name, field.info.type, shape, sources_of(field));
  set_field_attributes(dataset, field.info, shape[0]);
}

// A dataset of numbers whose bytes are in this very file, and where.
struct Written {
  std::uint64_t offset = 0;
  std::span<std::byte const> bytes;
};
std::vector<Written> add_history(hdf5::File const& file, Manifest const& manifest) {
  std::vector<Written> all;
  for (auto const& field : manifest.history) {
    hdf5::Shape shape{field.rows};
    shape.insert(shape.end(), field.info.row_shape.begin(), field.info.row_shape.end());
    auto const path = "/history/" + field.info.name;
    auto const dataset = hdf5::create_dataset(file, path, hdf5::number_type(field.info.type), shape);
    all.push_back({hdf5::byte_offset(dataset), field.bytes});
  }
  return all;
}

void add_heading(hdf5::File const& file, Manifest const& manifest) {
  auto const root = file.id();
  hdf5::set_text(root, "format", "pel-checkpoint-index");
  hdf5::set_integer(root, "format_version", part_format_version);
  hdf5::set_text(root, "app", manifest.app);
  hdf5::set_integer(root, "superstep", manifest.superstep);
  hdf5::set_integer(root, "partitions", manifest.partitions);
  hdf5::set_integer(root, "ranks", static_cast<std::int64_t>(manifest.parts.size()));
  hdf5::set_text(root, "created_utc", creation_time());
  hdf5::set_text(root, "params_json", manifest.parameters);
  for (auto const& [field, value] : manifest.identity) hdf5::set_text(root, "job_" + field, value.substr(0, 16384));
}

}  // namespace

WritableFile write_epoch_index(std::filesystem::path const& directory, Manifest const& manifest) try {
  FileImage image;
  auto const fields = fields_of(directory, manifest);
  auto file = hdf5::create_file(image);
  add_heading(file, manifest);
  for (auto const& field : fields) add_field(file, field);
  auto const history = add_history(file, manifest);
  file.close();
  for (auto const& [offset, bytes] : history) image.write(offset, bytes);
  auto written = image.store(directory / epoch_index_name);
  written.start_writing_back(0, image.size());
  return written;
} catch (hdf5::Error const& error) {
  throw write_failed(directory / epoch_index_name, error.code, error.what());
} catch (Damaged const& damaged) {
  throw write_failed(damaged.path, damaged.code, damaged.reason);
}

std::string epoch_index_fault(std::filesystem::path const& directory, Manifest const& manifest) try {
  if (is_missing(directory / epoch_index_name)) return "is missing";
  auto const file = hdf5::open_file(directory / epoch_index_name);
  for (auto const& field : fields_of(directory, manifest)) {
    auto const shape = hdf5::shape_of(hdf5::open_dataset(file, "/" + field.info.name));
    if (shape != shape_of(field)) return field.info.name + " has another shape than in the parts";
  }
  return {};
} catch (std::runtime_error const& error) {  // HDF5's, or of a part that is gone by now
  std::string const text = error.what();
  return text.substr(0, text.find(';'));
}

}  // namespace pel::store
