// The memory of a rank for datasets: how much it may take, who takes how much of it, and where to put what does not
// fit.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/memory_figures.hpp"

namespace pel::store {
class SpillFile;
}

namespace pel::engine {

struct RunSettings;
class World;

// Large buffers are counted, not allocated, here. The budget is cut into parts, so that what needs memory at the same
// time has it:
//   1/4   datasets that are kept; more of them is spilled as it is made. Named ones stay in memory, and may have 1/2:
//         mail gets less then
//   1/4   mail that has been brought back from disk, and what a verb needs beside it
//   3/8   what partitions deal (1/16), send before the ranks exchange it (1/16; 1/4 where nothing is spilled yet), and
//         receive (1/8 to 1/4)
//   rest  mail that waits in memory; tables
// Figures may be counted from several threads at once.
class Memory {
 public:
  // Collective: all ranks. Throws: WriteFailed where a directory that was asked for cannot hold files.
  Memory(World& world, RunSettings const& settings);
  ~Memory();
  Memory(Memory const&) = delete;
  Memory& operator=(Memory const&) = delete;

  [[nodiscard]] std::uint64_t budget() const noexcept { return budget_; }
  // What a thread may deal before it must send, and what a table of a thread may take.
  [[nodiscard]] std::uint64_t for_dealing() const noexcept { return usable_ / 16 / threads_; }
  [[nodiscard]] std::uint64_t for_tables() const noexcept { return std::max(least_table, usable_ / 4 / threads_); }
  // For all that partitions bring back from disk at the same time: that of this rank, and the least of all.
  [[nodiscard]] std::uint64_t for_loading() const noexcept { return usable_ / 4; }
  [[nodiscard]] std::uint64_t least_for_loading() const noexcept { return least_usable_ / 4; }
  // The same for one partition alone.
  [[nodiscard]] std::uint64_t for_one() const noexcept {
    return std::max(for_loading(), usable_ / 2 - std::min<std::uint64_t>(usable_ / 2, kept_));
  }
  // What the rank may send before it must exchange with the others. `waiting`: bytes of mail in memory; `tight`: some
  // of it is spilled already.
  [[nodiscard]] std::uint64_t for_sending(std::uint64_t waiting, bool tight) const noexcept;
  // What is worth an exchange when the other ranks are ready for one: the memory of what was sent holds what is sent
  // next.
  [[nodiscard]] std::uint64_t worth_sending() const noexcept { return std::min(most_ready, usable_ / 32); }
  // What a rank may receive at once; the same on all ranks.
  [[nodiscard]] std::uint64_t for_receiving() const noexcept { return least_usable_ / 8; }
  // For mail that waits in memory.
  [[nodiscard]] std::uint64_t for_mail() const noexcept;

  // Datasets in memory.
  void keep(std::uint64_t bytes) noexcept { kept_ += bytes; }
  void let_go(std::uint64_t bytes) noexcept { kept_ -= bytes; }
  [[nodiscard]] std::uint64_t kept() const noexcept { return kept_; }
  // The same for texts on their way to a file, of which a rank holds little: they wait on the disk they are for.
  void keep_text(std::uint64_t bytes) noexcept {
    keep(bytes);
    texts_ += bytes;
  }
  void let_go_text(std::uint64_t bytes) noexcept {
    let_go(bytes);
    texts_ -= bytes;
  }
  [[nodiscard]] bool has_much_text() const noexcept { return texts_ > most_text; }
  // Files that are seen as memory: where mail would be copies of them, they take its place.
  void map(std::uint64_t bytes) noexcept { mapped_ += bytes; }
  void unmap(std::uint64_t bytes) noexcept { mapped_ -= bytes; }
  [[nodiscard]] bool keeps_too_much() const noexcept { return kept_ > for_datasets(); }
  [[nodiscard]] bool has_room_for(std::uint64_t bytes) const noexcept { return kept_ + bytes <= for_datasets(); }
  [[nodiscard]] std::uint64_t for_datasets() const noexcept { return usable_ / 4; }
  [[nodiscard]] std::uint64_t for_named() const noexcept { return usable_ / 2; }
  // Counts what must stay in memory, to the end of the run. Returns all that must.
  std::uint64_t pin(std::uint64_t bytes) noexcept {
    kept_ += bytes;
    return pinned_ += bytes;
  }

  // A file of its own, and the one that all runs of elements share. Throw: WriteFailed.
  [[nodiscard]] std::shared_ptr<store::SpillFile> new_file();
  [[nodiscard]] std::shared_ptr<store::SpillFile> file_of_runs();
  // One for texts, beside where they go; it does not count as spilled.
  [[nodiscard]] std::shared_ptr<store::SpillFile> file_of_texts(std::string const& directory);
  void count_dataset(std::uint64_t bytes) noexcept { dataset_ += bytes; }

  [[nodiscard]] MemoryFigures figures() const noexcept;

 private:
  struct Files;

  World& world_;
  std::unique_ptr<Files> files_;
  std::uint64_t budget_ = 0;
  std::uint64_t usable_ = 0, least_usable_ = 0;  // without what the transport needs
  static constexpr std::uint64_t most_ready = std::uint64_t{64} << 20U;
  static constexpr std::uint64_t most_text = std::uint64_t{32} << 20U;
  static constexpr std::uint64_t least_table = std::uint64_t{16} << 10U;  // some hundred keys, however many threads
  std::uint64_t threads_ = 1;
  std::atomic<std::uint64_t> kept_{0}, texts_{0}, pinned_{0}, mapped_{0}, dataset_{0};
};

// Where files for what does not fit are, unless told: TMPDIR, else the run's directory, else this one.
[[nodiscard]] std::string default_spill_directory(std::string const& run_directory);

}  // namespace pel::engine
