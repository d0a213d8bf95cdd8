#include "store/row_layout.hpp"

#include <hdf5_hl.h>

#include <array>

#include "pel/error.hpp"
#include "store/hdf5.hpp"

namespace pel::store {
namespace {

using hdf5::checked;

struct Source {
  std::filesystem::path const& path;
  std::string const& name;
  std::uint64_t file_bytes;

  [[noreturn]] void refuse(std::string const& problem) const {
    throw BadData(path.string() + ":" + name, 0, 0, -1, problem);
  }
  void must_be_within(std::uint64_t offset, std::uint64_t bytes) const {
    if (offset > file_bytes || bytes > file_bytes - offset) refuse("its data is behind the end of the file");
  }
};

void find_shape(hdf5::Dataset const& dataset, Source const& source, RowLayout& layout) {
  try {
    layout.type = hdf5::number_type_of(dataset);
  } catch (hdf5::Error const&) {
    source.refuse("its elements are no numbers of a usual size, little-endian");
  }
  auto const shape = hdf5::shape_of(dataset);
  if (shape.empty() || shape.size() > 2)
    source.refuse("has " + std::to_string(shape.size()) + " dimensions: rows of numbers have one or two");
  layout.flat = shape.size() == 1;
  layout.rows = shape[0];
  layout.width = layout.flat ? 1 : shape[1];
  constexpr std::uint64_t most_numbers = std::uint64_t{1} << 59U;
  if (layout.width == 0 || layout.rows > most_numbers / layout.width)
    source.refuse("has rows of no number, or more than there can be");
}

void find_filters(hdf5::Properties const& creation, Source const& source, RowLayout& layout) {
  auto const n = checked(H5Pget_nfilters(creation.id()), "H5Pget_nfilters");
  for (int i = 0; i < n; ++i) {
    std::array<char, 64> name{};
    std::size_t parameters = 0;
    unsigned flags = 0;
    auto const filter = H5Pget_filter2(creation.id(), static_cast<unsigned>(i), &flags, &parameters, nullptr,
                                       name.size() - 1, name.data(), nullptr);
    if (filter == H5Z_FILTER_SHUFFLE)
      layout.filters.push_back(ChunkFilter::shuffle);
    else if (filter == H5Z_FILTER_DEFLATE)
      layout.filters.push_back(ChunkFilter::deflate);
    else
      source.refuse(std::string("is filtered by ") + name.data() +
                    ", which is not read: h5repack -f GZIP=1 turns it into one that is");
  }
}

void find_chunks(hdf5::Dataset const& dataset, hdf5::Properties const& creation, Source const& source,
                 RowLayout& layout) {
  std::array<hsize_t, 2> extent{1, 1};
  checked(H5Pget_chunk(creation.id(), layout.flat ? 1 : 2, extent.data()), "H5Pget_chunk");
  layout.chunk_rows = extent[0];
  layout.chunk_width = extent[1];
  for (std::uint64_t row = 0; row < layout.rows; row += layout.chunk_rows)
    for (std::uint64_t column = 0; column < layout.width; column += layout.chunk_width) {
      std::array<hsize_t, 2> const at{row, column};
      ChunkPlace place;
      haddr_t offset = HADDR_UNDEF;
      hsize_t bytes = 0;
      checked(H5Dget_chunk_info_by_coord(dataset.id(), at.data(), &place.skipped, &offset, &bytes),
              "H5Dget_chunk_info_by_coord");
      if (offset == HADDR_UNDEF) source.refuse("row " + std::to_string(row) + " was never written");
      place.offset = offset;
      place.bytes = bytes;
      source.must_be_within(place.offset, place.bytes);
      layout.chunks.push_back(place);
    }
}

RowLayout find_layout(Source const& source) {
  RowLayout layout;
  auto const file = hdf5::open_file(source.path);
  if (checked(H5LTpath_valid(file.id(), source.name.c_str(), 1), "H5LTpath_valid") == 0)
    throw MissingInput(source.path.string() + ":" + source.name, "the file has no such dataset");
  auto const dataset = hdf5::open_dataset(file, source.name);
  find_shape(dataset, source, layout);
  if (layout.rows == 0) return layout;
  hdf5::Properties const creation(H5Dget_create_plist(dataset.id()), "H5Dget_create_plist");
  auto const kind = H5Pget_layout(creation.id());
  if (kind == H5D_CHUNKED) {
    find_filters(creation, source, layout);
    find_chunks(dataset, creation, source, layout);
    return layout;
  }
  auto const offset = kind == H5D_CONTIGUOUS ? H5Dget_offset(dataset.id()) : HADDR_UNDEF;
  if (offset == HADDR_UNDEF)
    source.refuse("lies outside of the file, or in its heading, or was never written: h5repack -l CONTI helps");
  layout.offset = offset;
  source.must_be_within(layout.offset, layout.rows * layout.row_bytes());
  return layout;
}

}  // namespace

RowLayout row_layout(std::filesystem::path const& path, std::string const& dataset) {
  std::error_code error;
  auto const bytes = std::filesystem::file_size(path, error);
  if (error) throw MissingInput(path.string(), error.message());
  try {
    return find_layout({path, dataset, bytes});
  } catch (hdf5::Error const& failed) {
    throw BadData(path.string() + ":" + dataset, 0, 0, -1, failed.what());
  }
}

}  // namespace pel::store
