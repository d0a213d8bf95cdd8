// A long text on its way to a file, in pieces: in memory, or on disk where that holds too much. A rank holds 32 MiB of
// them: then they wait on the disk that they go to, and beyond the memory budget where datasets do.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.hpp"
#include "data/packed_run.hpp"

namespace pel::engine {
class Memory;
}

namespace pel::data {

// Filled by one thread, then shown any number of times.
class TextPieces {
 public:
  TextPieces() noexcept;
  // `beside`: the directory where the text goes, or none.
  TextPieces(std::shared_ptr<engine::Memory> memory, std::string beside) noexcept;
  ~TextPieces();
  TextPieces(TextPieces&& other) noexcept;
  TextPieces& operator=(TextPieces&& other) noexcept;

  // Throws: WriteFailed.
  void add(std::string piece);
  // Counts bytes of a text that nobody will want to see.
  void pass(std::uint64_t bytes) noexcept { bytes_ += bytes; }
  // Nothing more comes. Throws: WriteFailed.
  void finish() { on_disk_.finish(); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  // After finish(): in order. Throws: SystemError; what `use` throws.
  void show(base::FunctionRef<void(std::string_view)> use) const;

 private:
  void spill();
  void swap(TextPieces& other) noexcept;

  std::shared_ptr<engine::Memory> memory_;
  std::string beside_;
  PackedRun<std::string> on_disk_;
  std::vector<std::string> pieces_;  // behind those
  bool counts_ = false;              // it is there for want of memory
  std::uint64_t bytes_ = 0, in_memory_ = 0;
};

}  // namespace pel::data
