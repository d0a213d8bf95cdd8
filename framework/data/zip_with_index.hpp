// zip_with_index: elements with their numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data/ordered_pipe.hpp"

namespace pel::data {

// The start of a pipe that counts on from the elements of the partitions before.
template <class T>
class NumberElements {
 public:
  template <class Source>
  void prepare(Source& source, bool again) {
    if (firsts_->empty())
      *firsts_ = firsts_of(partition_sizes(source, "zip_with_index", again));
    else
      source.prepare(again);
  }
  [[nodiscard]] auto operator()(Step& step) const {
    return [number = (*firsts_)[step.partition().index()]](ViewOf<T> const& element, auto& sink) mutable {
      sink(ViewOf<Entry<std::uint64_t, T>>{number++, element});
    };
  }

 private:
  std::shared_ptr<std::vector<std::uint64_t>> firsts_ = std::make_shared<std::vector<std::uint64_t>>();
};

}  // namespace pel::data
