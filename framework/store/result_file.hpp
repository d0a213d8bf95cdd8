// Result files: text or HDF5, written by several processes at byte offsets, under a temporary name until whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/element_type.hpp"

namespace pel::store {

// A column of a result: one dataset over all partitions.
// Fixed types have shape rows x row_shape; a text column (text_width > 0) has `rows` strings of that many bytes,
// zero-padded, UTF-8.
struct ColumnLayout {
  std::string name;
  base::ElementType type = base::ElementType::f64;
  std::vector<std::uint64_t> row_shape;
  std::uint64_t text_width = 0;
  std::uint64_t rows = 0;
  std::string encoding{};  // the attribute of this name, where not empty; "bool" is set without

  [[nodiscard]] std::uint64_t row_bytes() const {
    std::uint64_t bytes = text_width > 0 ? text_width : base::size_of(type);
    for (auto const n : row_shape) bytes *= n;
    return bytes;
  }
};

// Scalars at the root of a result, int64 or UTF-8 text.
using Attributes = std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>>;

// Whether a column of texts is better kept packed, as bytes and ends, than as strings of one width: padded it would be
// more than 64 MiB and four times the bytes of its texts, or its longest is beyond what HDF5 takes for a string.
// Example: 20,000 words of 8 bytes and one of 2 MB: padded 40 GB, packed 2 MB.
[[nodiscard]] bool better_packed(std::uint64_t rows, std::uint64_t longest, std::uint64_t bytes) noexcept;

// The temporary name under which the processes write `path`.
[[nodiscard]] std::filesystem::path temporary_of(std::filesystem::path const& path);

// Refuses a path that could not be written later: its directory is missing, or lets no file be made in it.
// Throws: WriteFailed.
void must_be_writable(std::filesystem::path const& path);

// Creates the temporary file of `path` as an HDF5 file with a contiguous dataset for each column, attributes at the
// root, and a dimension scale on every axis; closes it. Returns the byte offset of each column's data in the file.
// One process, on its main thread, while no checkpoint is written. Throws: WriteFailed.
[[nodiscard]] std::vector<std::uint64_t> create_hdf5(std::filesystem::path const& path, Attributes const& attributes,
                                                     std::vector<ColumnLayout> const& columns);

// The same under `path` itself: of a part, whose directory has a temporary name.
[[nodiscard]] std::vector<std::uint64_t> create_hdf5_part(std::filesystem::path const& path,
                                                          Attributes const& attributes,
                                                          std::vector<ColumnLayout> const& columns);

// Creates the temporary file of `path` with this size. One process. Throws: WriteFailed.
void create_plain(std::filesystem::path const& path, std::uint64_t bytes);

// Writes bytes into the temporary file of `path` at an offset. Any process, once it exists.
// Throws: WriteFailed.
void write_at(std::filesystem::path const& path, std::uint64_t offset, std::span<std::byte const> bytes);

// Fsyncs what this process wrote into the temporary file of `path`, or laid out by creating it. Throws: WriteFailed.
void sync(std::filesystem::path const& path);

// Gives the file its final name. One process, when all have written and synced. Throws: WriteFailed.
void publish(std::filesystem::path const& path);

// Removes the temporary file of `path`, if there is one. Does not throw.
void discard(std::filesystem::path const& path) noexcept;

}  // namespace pel::store
