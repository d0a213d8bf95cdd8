// What becomes of lines of an input that make no sense: refused together, or left out where so many are allowed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/function_ref.hpp"
#include "data/bad_lines.hpp"
#include "data/flow.hpp"
#include "data/text_input.hpp"
#include "pel/partition.hpp"

namespace pel::data {

// Of one source of a dataset. Where none are allowed, whoever reads refuses the first one of its partition; then, on
// the way to the message, the others are looked for, so that all are told at once. Where some are, they are counted by
// a pass before any elements are seen, and readers leave them out.
class LineCheck {
 public:
  using Found = base::FunctionRef<void(BadLine)>;
  // Calls found(line) for each bad line of a partition, in order; BadLine::file is the number of the source. From any
  // thread. What it refers to must live as long as the check.
  using Look = std::function<void(Partition, Found)>;

  LineCheck(TextInput input, std::uint64_t most, Look look)
      : input_(std::move(input)), look_(std::move(look)), most_(most) {}

  // Before the elements are seen: counts the bad lines, and tells the first, where some are allowed. `passing`: as for
  // Flow::superstep. Collective: all ranks. Throws: on all of them: BadData where there are too many. Cost: the first
  // time one pass over the input and a superstep where some are allowed, else nothing.
  static void before(std::shared_ptr<LineCheck> const& check, Flow& flow, Arriving const* passing = nullptr);

  // In a superstep: a bad line has been met. Throws: BadData unless some are allowed.
  void meet(BadLine const& line) const;

  // Whether it is one of this input's lines that was refused.
  [[nodiscard]] bool concerns(BadData const& refused) const;
  // Refuses all bad lines of the input. Collective: all ranks. Throws: on all of them: BadData; where the input cannot
  // be read again, `refused`. Cost: a pass over the input, on all threads.
  void refuse_all(Flow& flow, BadData const& refused) const;

 private:
  [[nodiscard]] BadData error_of(BadLines const& bad) const;
  void tell(Flow& flow, BadLines const& bad) const;

  TextInput input_;
  Look look_;
  std::uint64_t most_;
  bool done_ = false;
};

}  // namespace pel::data
