// Bytes on disk, in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/function_ref.hpp"

namespace pel::store {
class SpillFile;
}

namespace pel::data {

// Elements of any kind, packed: written once, at the end; read from the beginning, any number of times. In pieces of
// about 1 MiB; its room on disk is given back with it.
class ByteRun {
 public:
  ByteRun() noexcept;
  explicit ByteRun(std::shared_ptr<store::SpillFile> file) noexcept;
  ~ByteRun();
  ByteRun(ByteRun&& other) noexcept;
  ByteRun& operator=(ByteRun&& other) noexcept;

  [[nodiscard]] explicit operator bool() const noexcept { return file_ != nullptr; }
  // Room for one more element of so many bytes, to be filled before the next call.
  [[nodiscard]] std::byte* add(std::size_t bytes);
  // After the element is there. Throws: WriteFailed.
  void added() {
    if (buffer_.size() >= piece_bytes) flush();
  }
  // Writes what is not yet on disk, and frees the buffer; more may be added behind it. Throws: WriteFailed.
  void finish();

  struct Piece {
    std::uint64_t offset, bytes, count;
  };
  // After finish().
  [[nodiscard]] std::span<Piece const> pieces() const noexcept { return pieces_; }
  // The bytes of a piece. Throws: SystemError.
  void read(Piece const& piece, std::vector<std::byte>& bytes) const;
  // After finish(): all of it in order, some elements at a time. Throws: SystemError; what `use` throws.
  void show(base::FunctionRef<void(std::byte const* bytes, std::uint64_t count)> use) const;

 private:
  static constexpr std::size_t piece_bytes = std::size_t{1} << 20U;

  void flush();
  void swap(ByteRun& other) noexcept;

  std::shared_ptr<store::SpillFile> file_;
  std::vector<Piece> pieces_;
  std::vector<std::byte> buffer_;
  std::uint64_t count_ = 0;  // elements in the buffer
};

}  // namespace pel::data
