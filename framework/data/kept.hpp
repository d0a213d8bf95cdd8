// The elements of one partition, kept: in memory, or on disk where datasets have too much of that.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/function_ref.hpp"
#include "data/column.hpp"
#include "data/packed_run.hpp"
#include "engine/memory.hpp"

namespace pel {
struct Point;
}

namespace pel::data {

template <class T>
class KeptCursor;

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
    if (bytes >= worth_spilling && memory_->keeps_too_much()) spill();
  }
  // Nothing more comes. Throws: WriteFailed.
  void finish() { run_.finish(); }
  template <class Sink>
  void show(Sink&& sink) const {
    if (run_) return show_run(sink);
    show_blocks(column_, sink);
  }

 private:
  friend class KeptCursor<T>;
  static constexpr bool rows = std::is_same_v<T, Point>;  // whose width the type does not tell: on disk as their bytes
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
    if constexpr (rows) {
      std::vector<double> row;
      run_.show([&](std::string_view bytes) {
        row.resize(bytes.size() / sizeof(double));
        std::memcpy(row.data(), bytes.data(), bytes.size());
        add(row);
      });
    } else {
      run_.show(add);
    }
    for (std::size_t i = 0; i < column_.size(); ++i) add(column_[i]);
    show_blocks(part, sink);
  }
  [[gnu::cold]] void spill() {
    if (!run_) run_ = Run(memory_->file_of_runs());
    for (std::size_t i = 0; i < column_.size(); ++i) {
      auto const& element = column_[i];
      if constexpr (rows)
        run_.add({reinterpret_cast<char const*>(element.data()), element.size_bytes()});
      else
        run_.add(element);
    }
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

  using Run = PackedRun<std::conditional_t<rows, std::string, T>>;
  std::shared_ptr<engine::Memory> memory_;
  Column<T> column_;  // behind the run
  Run run_;
  std::uint64_t counted_ = 0;  // bytes told to the memory
};

}  // namespace pel::data
