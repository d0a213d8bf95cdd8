// What became of the memory budget of a run.
#pragma once

#include <cstdint>

namespace pel::engine {

// Bytes; the budget is that of one rank.
struct MemoryFigures {
  std::uint64_t budget = 0;
  std::uint64_t spilled = 0, read_back = 0;  // to disk and from there
  std::uint64_t dataset = 0;  // of what had to be spilled, each time it was made: sent, kept or formatted

  // How often these bytes passed a disk; 0 where none did.
  [[nodiscard]] double io_amplification() const noexcept {
    return dataset == 0 ? 0 : static_cast<double>(spilled + read_back) / static_cast<double>(dataset);
  }
};

}  // namespace pel::engine
