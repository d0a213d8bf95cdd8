// The elements of one partition, kept: in memory, or on disk where datasets have too much of that.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/function_ref.hpp"
#include "data/column.hpp"
#include "data/packed_run.hpp"
#include "engine/memory.hpp"

namespace pel {
struct Point;
}

namespace pel::data {

// Filled by one thread at a time, then shown any number of times.
template <class T>
class Kept {
 public:
  Kept() = default;
  ~Kept() {
    if (memory_) memory_->let_go(counted_);
  }
  Kept(Kept&& other) noexcept { swap(other); }
  Kept& operator=(Kept&& other) noexcept {
    swap(other);
    return *this;
  }

  // Throws: WriteFailed.
  void add(std::shared_ptr<engine::Memory> const& memory, BlockOf<T> block) {
    if (!memory_) memory_ = memory;
    for (auto const& element : block) column_.add(element);
    auto const bytes = column_.bytes();
    memory_->keep(bytes - counted_);
    counted_ = bytes;
    if constexpr (spillable)
      if (bytes >= worth_spilling && memory_->keeps_too_much()) spill();
  }
  // Nothing more comes. Throws: WriteFailed.
  void finish() {
    if constexpr (spillable) run_.finish();
  }
  template <class Sink>
  void show(Sink&& sink) const {
    if constexpr (spillable)
      if (run_) return show_run(sink);
    show_blocks(column_, sink);
  }

 private:
  static constexpr bool spillable = !std::is_same_v<T, Point>;  // rows whose width the type does not tell
  static constexpr std::uint64_t worth_spilling = std::uint64_t{16} << 10U;

  // Blocks end where they would without a run.
  [[gnu::cold]] void show_run(base::FunctionRef<void(BlockOf<T>)> sink) const {
    Column<T> part;
    auto const add = [&](ViewOf<T> const& element) {
      part.add(element);
      if (part.size() < block_elements) return;
      show_blocks(part, sink);
      part.clear();
    };
    run_.show(add);
    for (std::size_t i = 0; i < column_.size(); ++i) add(column_[i]);
    show_blocks(part, sink);
  }
  [[gnu::cold]] void spill() {
    if (!run_) run_ = PackedRun<T>(memory_->file_of_runs());
    for (std::size_t i = 0; i < column_.size(); ++i) run_.add(column_[i]);
    memory_->count_dataset(counted_);
    memory_->let_go(std::exchange(counted_, 0));
    column_ = {};
  }
  void swap(Kept& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(column_, other.column_);
    std::swap(run_, other.run_);
    std::swap(counted_, other.counted_);
  }

  struct NoRun {};
  std::shared_ptr<engine::Memory> memory_;
  Column<T> column_;  // behind the run
  std::conditional_t<spillable, PackedRun<T>, NoRun> run_;
  std::uint64_t counted_ = 0;  // bytes told to the memory
};

}  // namespace pel::data
