#include "store/image_driver.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <memory>
#include <span>

#include "store/hdf5.hpp"

namespace pel::store::hdf5 {
namespace {

// What HDF5 copies with the access properties.
struct ImageProperty {
  FileImage* image = nullptr;
};

// What HDF5 hands to each function below; it knows only the head and fills that in itself.
struct OpenImage {
  H5FD_t head{};
  FileImage* image = nullptr;
  haddr_t allocated = 0;
};

OpenImage& opened(H5FD_t* file) { return *reinterpret_cast<OpenImage*>(file); }
OpenImage const& opened(H5FD_t const* file) { return *reinterpret_cast<OpenImage const*>(file); }

// C code calls these: nothing may be thrown through it.
H5FD_t* open_image(char const* /*name*/, unsigned /*flags*/, hid_t access, haddr_t /*largest*/) noexcept try {
  auto const* const property = static_cast<ImageProperty const*>(H5Pget_driver_info(access));
  if (property == nullptr) return nullptr;
  auto file = std::make_unique<OpenImage>();
  file->image = property->image;
  return &file.release()->head;
} catch (std::exception const&) {
  return nullptr;
}

herr_t close_image(H5FD_t* file) noexcept {
  std::unique_ptr<OpenImage> const owner(&opened(file));
  return 0;
}

herr_t query(H5FD_t const* /*file*/, unsigned long* features) noexcept {
  // No aggregation of small data: datasets then lie in the order in which they are made.
  *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

haddr_t allocated(H5FD_t const* file, H5FD_mem_t /*kind*/) noexcept { return opened(file).allocated; }

herr_t allocate(H5FD_t* file, H5FD_mem_t /*kind*/, haddr_t end) noexcept {
  opened(file).allocated = end;
  return 0;
}

haddr_t end_of(H5FD_t const* file, H5FD_mem_t /*kind*/) noexcept { return opened(file).image->size(); }

herr_t read(H5FD_t* file, H5FD_mem_t /*kind*/, hid_t /*transfer*/, haddr_t offset, std::size_t n, void* to) noexcept {
  opened(file).image->read(offset, std::span(static_cast<std::byte*>(to), n));
  return 0;
}

herr_t write(H5FD_t* file, H5FD_mem_t kind, hid_t /*transfer*/, haddr_t offset, std::size_t n,
             void const* from) noexcept try {
  if (kind == H5FD_MEM_DRAW && opened(file).image->leaves_out_data()) return 0;
  opened(file).image->write(offset, std::span(static_cast<std::byte const*>(from), n));
  return 0;
} catch (std::exception const&) {
  return -1;
}

herr_t truncate(H5FD_t* file, hid_t /*transfer*/, hbool_t /*closing*/) noexcept {
  opened(file).image->resize(opened(file).allocated);
  return 0;
}

H5FD_class_t image_driver() {
  H5FD_class_t driver{};
  driver.name = "pel_image";
  driver.maxaddr = (haddr_t{1} << 62U) - 1;
  driver.fc_degree = H5F_CLOSE_STRONG;
  driver.fapl_size = sizeof(ImageProperty);
  driver.open = open_image;
  driver.close = close_image;
  driver.query = query;
  driver.get_eoa = allocated;
  driver.set_eoa = allocate;
  driver.get_eof = end_of;
  driver.read = read;
  driver.write = write;
  driver.truncate = truncate;
  std::fill(std::begin(driver.fl_map), std::end(driver.fl_map), H5FD_MEM_SUPER);  // one free list for all kinds
  return driver;
}

}  // namespace

void use_image(hid_t access, FileImage& image) {
  // Registered once and for good: H5FDclose() reads the driver after it has given up the file's reference, so a file
  // must not hold the last one.
  static hid_t const driver = [] {
    auto const description = image_driver();
    return checked(H5FDregister(&description), "H5FDregister");
  }();
  ImageProperty const property{&image};
  checked(H5Pset_driver(access, driver, &property), "H5Pset_driver");
}

}  // namespace pel::store::hdf5
