// HDF5's C library, one thin checked function a call: handles that free what they hold, errors with HDF5's own words.
// Only this layer includes it. Not thread-safe, as Debian's HDF5 is not.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/element_type.hpp"
#include "store/file_image.hpp"

namespace pel::store::hdf5 {

// A call that did not succeed. `code` is the errno that HDF5 names as the cause, or 0.
class Error : public std::runtime_error {
 public:
  Error(std::string const& call, std::string const& stack, int code_)
      : std::runtime_error(call + ": " + stack), code(code_) {}
  int code;
};

// Throws Error with the text of HDF5's error stack.
[[noreturn]] void fail(char const* call);

// The value of a call; negative means failure in all of HDF5's signed types.
template <class Value>
Value checked(Value value, char const* call) {
  if (value < 0) fail(call);
  return value;
}

// Owns an identifier that `Close` frees.
template <herr_t (*Close)(hid_t)>
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, char const* call) : id_(checked(id, call)) {}
  Handle(Handle&& other) noexcept { std::swap(id_, other.id_); }
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) Close(id_);
  }

  [[nodiscard]] hid_t id() const noexcept { return id_; }
  // Frees it now and checks that; the destructor cannot say that a write failed.
  void close() {
    if (id_ >= 0) checked(Close(std::exchange(id_, H5I_INVALID_HID)), "close");
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using File = Handle<H5Fclose>;
using Dataset = Handle<H5Dclose>;
using Space = Handle<H5Sclose>;
using Type = Handle<H5Tclose>;
using Attribute = Handle<H5Aclose>;
using Properties = Handle<H5Pclose>;

using Shape = std::vector<std::uint64_t>;

// Files, in the format of libver "latest": all metadata carries checksums. HDF5's own file locks are off.
// The image must outlive the file. With `metadata`: about so many bytes are set aside in front for what HDF5 writes
// itself, and datasets of a page or more begin at whole pages.
[[nodiscard]] File create_file(FileImage& image, std::uint64_t metadata = 0);
[[nodiscard]] File open_file(std::filesystem::path const& path);  // read-only

// Types as they are in the file: little-endian numbers, bool as uint8, UTF-8 of a fixed width padded with zeros, and a
// row of named uint64.
[[nodiscard]] Type number_type(base::ElementType type);
[[nodiscard]] Type text_type(std::uint64_t width);
[[nodiscard]] Type record_type(std::span<char const* const> names);

// Whether disk space is set aside when the dataset is made (the payload is then written past HDF5), or never.
enum class Storage { early, none };

// A contiguous dataset of undefined content at a path such as "/state/rank"; groups are made as needed.
[[nodiscard]] Dataset create_dataset(File const& file, std::string const& path, Type const& type, Shape const& shape,
                                     Storage storage = Storage::early);
// Rows of a virtual dataset that are those of a dataset of the same path in another file (a name beside this one).
struct VirtualRows {
  std::string file;
  std::uint64_t row = 0, source_row = 0, rows = 0;
};
// A dataset of numbers that only says where its rows are; those that are nowhere read as NaN or the type's maximum.
[[nodiscard]] Dataset create_virtual(File const& file, std::string const& path, base::ElementType type,
                                     Shape const& shape, std::vector<VirtualRows> const& sources);
// A dataset of numbers in chunks of `chunk_rows` rows that are compressed already, and where each chunk begins.
struct ChunkedDataset {
  Dataset dataset;
  std::vector<std::uint64_t> offsets;
};
[[nodiscard]] ChunkedDataset create_chunked(File const& file, std::string const& path, base::ElementType type,
                                            Shape const& shape, std::uint64_t chunk_rows,
                                            std::vector<std::span<std::byte const>> const& chunks);
[[nodiscard]] Dataset open_dataset(File const& file, std::string const& path);
[[nodiscard]] Shape shape_of(Dataset const& dataset);
// Bytes of one element in the file.
[[nodiscard]] std::uint64_t element_bytes(Dataset const& dataset);
// Where the data begins in the file; 0 for a dataset without elements.
[[nodiscard]] std::uint64_t byte_offset(Dataset const& dataset);
// Throws Error if it is none of number_type()'s; `boolean` is told from u8 by its attribute, not here.
[[nodiscard]] base::ElementType number_type_of(Dataset const& dataset);

// Attributes of a file's root or of a dataset. Text of fixed length lies under the metadata's checksum; text of
// variable length does not, but Python reads it as a str.
void set_integer(hid_t object, std::string const& name, std::int64_t value);
void set_integers(hid_t object, std::string const& name, std::vector<std::uint64_t> const& values);
void set_text(hid_t object, std::string const& name, std::string const& value);
void set_variable_text(hid_t object, std::string const& name, std::string const& value);
[[nodiscard]] bool has_attribute(hid_t object, std::string const& name);
[[nodiscard]] std::int64_t integer_of(hid_t object, std::string const& name);
[[nodiscard]] std::string text_of(hid_t object, std::string const& name);

// A dimension scale without coordinates, as netCDF-4 makes them: a name and a length, no data.
[[nodiscard]] Dataset create_scale(File const& file, std::string const& name, std::uint64_t length);
void attach_scale(Dataset const& dataset, Dataset const& scale, std::size_t axis);

}  // namespace pel::store::hdf5
