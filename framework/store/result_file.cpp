#include "store/result_file.hpp"

#include <algorithm>
#include <map>
#include <system_error>

#include "store/file.hpp"
#include "store/hdf5.hpp"

namespace pel::store {
namespace {

// The dimension scales of a file, one for each length and position of an axis: "row" for axis 0 (then "row_2", … if
// columns are of several lengths), "axis1_3" for an axis 1 of 3. No dataset has one scale twice, which xarray refuses.
class Scales {
 public:
  Scales(hdf5::File const& file, std::vector<ColumnLayout> const& columns) : file_(file), columns_(columns) {}

  void attach(hdf5::Dataset const& dataset) {
    auto const shape = hdf5::shape_of(dataset);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) hdf5::attach_scale(dataset, scale(axis, shape[axis]), axis);
  }

 private:
  hdf5::Dataset const& scale(std::size_t axis, std::uint64_t length) {
    auto const found = scales_.find({axis, length});
    if (found != scales_.end()) return found->second;
    auto const name = axis == 0 ? row_name() : "axis" + std::to_string(axis) + "_" + std::to_string(length);
    return scales_.try_emplace({axis, length}, hdf5::create_scale(file_, unused(name), length)).first->second;
  }

  std::string row_name() {
    ++row_scales_;
    return row_scales_ == 1 ? "row" : "row_" + std::to_string(row_scales_);
  }

  [[nodiscard]] std::string unused(std::string name) const {
    while (std::ranges::find(columns_, name, &ColumnLayout::name) != columns_.end()) name += "_";
    return name;
  }

  hdf5::File const& file_;
  std::vector<ColumnLayout> const& columns_;
  std::map<std::pair<std::size_t, std::uint64_t>, hdf5::Dataset> scales_;
  int row_scales_ = 0;
};

hdf5::Dataset create_column(hdf5::File const& file, ColumnLayout const& column) {
  hdf5::Shape shape{column.rows};
  shape.insert(shape.end(), column.row_shape.begin(), column.row_shape.end());
  auto const type = column.text_width > 0 ? hdf5::text_type(column.text_width) : hdf5::number_type(column.type);
  auto dataset = hdf5::create_dataset(file, "/" + column.name, type, shape);
  bool const truth = column.text_width == 0 && column.type == base::ElementType::boolean;
  if (auto const encoding = truth ? "bool" : column.encoding; !encoding.empty())
    hdf5::set_text(dataset.id(), "encoding", encoding);
  return dataset;
}

void set_attribute(hdf5::File const& file, std::string const& name, Attributes::value_type::second_type const& value) {
  if (auto const* text = std::get_if<std::string>(&value))
    hdf5::set_variable_text(file.id(), name, *text);
  else
    hdf5::set_integer(file.id(), name, std::get<std::int64_t>(value));
}

// Returns where each column's bytes go.
std::vector<std::uint64_t> lay_out(FileImage& image, Attributes const& attributes,
                                   std::vector<ColumnLayout> const& columns) {
  auto file = hdf5::create_file(image);
  for (auto const& [name, value] : attributes) set_attribute(file, name, value);
  std::vector<std::uint64_t> offsets;
  {
    Scales scales(file, columns);
    for (auto const& column : columns) {
      auto const dataset = create_column(file, column);
      scales.attach(dataset);
      offsets.push_back(hdf5::byte_offset(dataset));
    }
  }
  file.close();
  return offsets;
}

}  // namespace

bool better_packed(std::uint64_t rows, std::uint64_t longest, std::uint64_t bytes) noexcept {
  constexpr std::uint64_t longest_string = (std::uint64_t{1} << 32) - 1, small = std::uint64_t{64} << 20;
  auto const most = std::max(small, 4 * bytes);
  return longest > longest_string || (rows > 0 && longest > most / rows);
}

std::filesystem::path temporary_of(std::filesystem::path const& path) { return path.string() + ".partial"; }

std::vector<std::uint64_t> create_hdf5(std::filesystem::path const& path, Attributes const& attributes,
                                       std::vector<ColumnLayout> const& columns) {
  return create_hdf5_part(temporary_of(path), attributes, columns);
}

std::vector<std::uint64_t> create_hdf5_part(std::filesystem::path const& path, Attributes const& attributes,
                                            std::vector<ColumnLayout> const& columns) try {
  FileImage image;
  auto offsets = lay_out(image, attributes, columns);
  image.store(path).close();
  return offsets;
} catch (hdf5::Error const& error) {
  throw write_failed(path, error.code, error.what());
}

void must_be_writable(std::filesystem::path const& path) {
  WritableFile::create(temporary_of(path)).close();
  discard(path);
}

void create_plain(std::filesystem::path const& path, std::uint64_t bytes) {
  auto file = WritableFile::create(temporary_of(path));
  file.resize(bytes);
  file.close();
}

void write_at(std::filesystem::path const& path, std::uint64_t offset, std::span<std::byte const> bytes) {
  auto file = WritableFile::open(temporary_of(path));
  file.write_at(offset, bytes);
  file.close();
}

void sync(std::filesystem::path const& path) {
  auto file = WritableFile::open(temporary_of(path));
  file.sync();
  file.close();
}

void publish(std::filesystem::path const& path) {
  rename_checked(temporary_of(path), path);
  sync_directory(parent_of(path));
}

void discard(std::filesystem::path const& path) noexcept try {
  std::error_code ignored;
  std::filesystem::remove(temporary_of(path), ignored);
} catch (std::exception const&) {  // no memory: the file stays
}

}  // namespace pel::store
