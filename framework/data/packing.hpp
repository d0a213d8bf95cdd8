// How files are packed that a job writes: gzip or zstd, by the end of their names.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/function_ref.hpp"

namespace pel::data {

enum class Packing { none, gzip, zstd };

// By .gz and .zst.
[[nodiscard]] Packing packing_of(std::string_view path) noexcept;
// ".gz", ".zst" or "".
[[nodiscard]] char const* ending_of(Packing packing) noexcept;

// Packs bytes into one gzip member or one zstd frame, with its checksum: the same ones for the same bytes, in whatever
// pieces they come. Members, and frames, may lie one behind the other in a file. Memory: up to 4 MiB.
class Packer {
 public:
  using Sink = base::FunctionRef<void(std::span<std::byte const>)>;

  // Requires: not Packing::none.
  explicit Packer(Packing packing);
  ~Packer();
  Packer(Packer&& other) noexcept;
  Packer& operator=(Packer&& other) noexcept;

  // What is packed goes to the sink, in pieces of at most 128 KiB. Throw: what the sink throws.
  void add(std::span<std::byte const> bytes, Sink sink);
  // The end of it; nothing may be added any more.
  void finish(Sink sink);

 private:
  class Stream;
  class Gzip;
  class Zstd;
  std::unique_ptr<Stream> stream_;
};

}  // namespace pel::data
