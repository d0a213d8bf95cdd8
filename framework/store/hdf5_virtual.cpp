// Virtual datasets.
#include <cmath>
#include <cstdint>
#include <limits>

#include "store/hdf5.hpp"

namespace pel::store::hdf5 {
namespace {

// HDF5's own fill value, 0, would look like data.
void fill_with_nothing(Properties const& creation, base::ElementType type) {
  if (type == base::ElementType::f32 || type == base::ElementType::f64) {
    double const nothing = std::numeric_limits<double>::quiet_NaN();
    checked(H5Pset_fill_value(creation.id(), H5T_NATIVE_DOUBLE, &nothing), "H5Pset_fill_value");
    return;
  }
  auto const bits = 8U * static_cast<unsigned>(base::size_of(type));
  auto const number = number_type(type);
  bool const is_signed = checked(H5Tget_sign(number.id()), "H5Tget_sign") == H5T_SGN_2;
  auto const greatest = ~std::uint64_t{0} >> (64U - bits + (is_signed ? 1U : 0U));
  checked(H5Pset_fill_value(creation.id(), H5T_NATIVE_UINT64, &greatest), "H5Pset_fill_value");
}

// `rows` whole rows from `first` on, of a dataset of this shape.
Space rows_of(Shape const& shape, std::uint64_t first, std::uint64_t rows) {
  std::vector<hsize_t> const extent(shape.begin(), shape.end());
  std::vector<hsize_t> start(shape.size(), 0), count(shape.begin(), shape.end());
  start[0] = first;
  count[0] = rows;
  Space space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), "H5Screate_simple");
  checked(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
          "H5Sselect_hyperslab");
  return space;
}

}  // namespace

Dataset create_virtual(File const& file, std::string const& path, base::ElementType type, Shape const& shape,
                       std::vector<VirtualRows> const& sources) {
  // Of no rows: HDF5 makes no virtual dataset without sources.
  if (sources.empty()) return create_dataset(file, path, number_type(type), shape, Storage::none);
  Properties const links(H5Pcreate(H5P_LINK_CREATE), "H5Pcreate");
  checked(H5Pset_create_intermediate_group(links.id(), 1), "H5Pset_create_intermediate_group");
  Properties const creation(H5Pcreate(H5P_DATASET_CREATE), "H5Pcreate");
  checked(H5Pset_obj_track_times(creation.id(), false), "H5Pset_obj_track_times");
  fill_with_nothing(creation, type);
  for (auto const& source : sources) {
    auto const to = rows_of(shape, source.row, source.rows);
    auto source_shape = shape;
    source_shape[0] = source.source_row + source.rows;
    auto const from = rows_of(source_shape, source.source_row, source.rows);
    checked(H5Pset_virtual(creation.id(), to.id(), source.file.c_str(), path.c_str(), from.id()), "H5Pset_virtual");
  }
  std::vector<hsize_t> const extent(shape.begin(), shape.end());
  Space const space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), "H5Screate_simple");
  return {
      H5Dcreate2(file.id(), path.c_str(), number_type(type).id(), space.id(), links.id(), creation.id(), H5P_DEFAULT),
      "H5Dcreate2"};
}

}  // namespace pel::store::hdf5
