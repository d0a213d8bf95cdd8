// prefix_sum: what comes of all elements up to each.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/ordered_pipe.hpp"
#include "data/value_bytes.hpp"

namespace pel::data {

enum class Including { itself, those_before };

// The start of a pipe that folds on from the partitions before: their totals are folded in order, each made of its
// elements in order.
template <class S, class Op, Including including>
class RunningTotals {
 public:
  RunningTotals(std::optional<S> initial, Op op) : initial_(std::move(initial)), op_(std::move(op)) {}

  template <class Source>
  void prepare(Source& source, bool again) {
    if (!before_->empty()) return source.prepare(again);
    source.prepare(true);
    source.flow()->superstep(
        including == Including::itself ? "prefix_sum: totals" : "exclusive_prefix_sum: totals",
        [&](Step& step) {
          std::optional<S> total;
          source.run(step, [&](auto const& element) { add(total, element); });
          ByteWriter to(*step.frame.contribution);
          if (total) to.put(*total);
        },
        [&](Contributions all) {
          auto sum = initial_;
          for (auto const bytes : all) {
            before_->push_back(sum);
            if (bytes.empty()) continue;
            S total{};
            ByteReader(bytes).take(total);
            add(sum, total);
          }
        },
        source.passing());
    source.prepare(again);
  }
  [[nodiscard]] auto operator()(Step& step) const {
    return [this, sum = (*before_)[step.partition().index()]](auto const& element, auto& sink) mutable {
      if constexpr (including == Including::those_before) sink(*sum);
      add(sum, element);
      if constexpr (including == Including::itself) sink(*sum);
    };
  }

 private:
  template <class Given>
  void add(std::optional<S>& sum, Given const& element) const {
    sum = sum ? static_cast<S>(op_(*sum, element)) : static_cast<S>(element);
  }

  std::optional<S> initial_;
  Op op_;
  // By partition; none: nothing comes before.
  std::shared_ptr<std::vector<std::optional<S>>> before_ = std::make_shared<std::vector<std::optional<S>>>();
};

}  // namespace pel::data
