// What the aggregate was after each superstep, for people who look at a checkpoint's index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/hosted.hpp"
#include "store/checkpoint.hpp"

namespace pel::engine {

// Of this launch alone. Keeps numbers, no archives, and when there are too many supersteps each second one of the
// older.
class AggregateHistory {
 public:
  static constexpr std::size_t most = 8192;

  void note(std::int64_t superstep, HostedKernels& kernels);
  // "superstep", then the fields of the aggregate, all with as many rows as supersteps were noted.
  [[nodiscard]] std::vector<store::FieldHistory> columns() const { return columns_; }

 private:
  class Column;
  void thin_out();
  std::vector<store::FieldHistory> columns_;
  std::int64_t every_ = 1;
};

}  // namespace pel::engine
