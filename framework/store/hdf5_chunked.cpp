// Datasets of compressed chunks, which PEL packs and places itself.
#include <array>

#include "store/hdf5.hpp"

namespace pel::store::hdf5 {

// Zstandard, as registered with The HDF Group. Marked as optional: HDF5 need not know it to lay the file out.
constexpr H5Z_filter_t zstandard = 32015;

ChunkedDataset create_chunked(File const& file, std::string const& path, base::ElementType type, Shape const& shape,
                              std::uint64_t chunk_rows, std::vector<std::span<std::byte const>> const& chunks) {
  Properties const links(H5Pcreate(H5P_LINK_CREATE), "H5Pcreate");
  checked(H5Pset_create_intermediate_group(links.id(), 1), "H5Pset_create_intermediate_group");
  Properties const creation(H5Pcreate(H5P_DATASET_CREATE), "H5Pcreate");
  checked(H5Pset_obj_track_times(creation.id(), false), "H5Pset_obj_track_times");
  checked(H5Pset_fill_time(creation.id(), H5D_FILL_TIME_NEVER), "H5Pset_fill_time");
  std::vector<hsize_t> chunk(shape.begin(), shape.end());
  chunk[0] = chunk_rows;
  checked(H5Pset_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data()), "H5Pset_chunk");
  std::array<unsigned, 1> const level{1};
  checked(H5Pset_filter(creation.id(), zstandard, H5Z_FLAG_OPTIONAL, level.size(), level.data()), "H5Pset_filter");
  std::vector<hsize_t> const extent(shape.begin(), shape.end());
  Space const space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), "H5Screate_simple");
  ChunkedDataset made{
      {H5Dcreate2(file.id(), path.c_str(), number_type(type).id(), space.id(), links.id(), creation.id(), H5P_DEFAULT),
       "H5Dcreate2"},
      {}};
  std::vector<hsize_t> at(shape.size(), 0);
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    at[0] = i * chunk_rows;
    checked(H5Dwrite_chunk(made.dataset.id(), H5P_DEFAULT, 0, at.data(), chunks[i].size(), chunks[i].data()),
            "H5Dwrite_chunk");
  }
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    at[0] = i * chunk_rows;
    unsigned mask = 0;
    haddr_t offset = HADDR_UNDEF;
    hsize_t bytes = 0;
    checked(H5Dget_chunk_info_by_coord(made.dataset.id(), at.data(), &mask, &offset, &bytes),
            "H5Dget_chunk_info_by_coord");
    if (offset == HADDR_UNDEF || bytes != chunks[i].size()) fail("H5Dget_chunk_info_by_coord");
    made.offsets.push_back(offset);
  }
  return made;
}

}  // namespace pel::store::hdf5
