// window: what comes of each run of neighbours.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/dealing.hpp"
#include "data/gathered.hpp"
#include "data/ordered_pipe.hpp"
#include "data/wide.hpp"

namespace pel::data {

// A partition receives the width - 1 elements after its end: from the next one, and from those after it where that is
// short. The source stays, as windows are made of it and of what arrives.
// Memory: of a thread, two windows and 1,024 elements, or as much as a table may take; twice a window must fit into
// that. Cost: w = two passes, h = width - 1 elements a partition, l = 1, and 1 where sizes must be counted.
template <class Source, class F, class U>
class WindowNode final : public WideNode<U> {
  using T = typename Source::Element;

 public:
  using typename WideNode<U>::Sink;
  WindowNode(Source source, std::uint64_t width, F f)
      : WideNode<U>(source.flow()), source_(std::move(source)), width_(width), f_(std::move(f)) {}

 private:
  void send() override {
    sizes_ = partition_sizes(source_, "window", true);
    this->flow()->superstep(
        "window", [this](Step& step) { produce(step); }, {}, source_.passing());
  }

  // How many of partition q's elements partition p needs, for p < q.
  [[nodiscard]] std::vector<std::uint64_t> needed_of(std::uint32_t q) const {
    std::vector<std::uint64_t> needed(q);
    std::uint64_t between = 0;
    for (auto p = q; p-- > 0 && between < width_ - 1;) {
      if (sizes_[p] > 0) needed[p] = std::min(sizes_[q], width_ - 1 - between);
      between += sizes_[p];
    }
    return needed;
  }

  void produce(Step& step) {
    auto const needed = needed_of(static_cast<std::uint32_t>(step.partition().index()));
    auto const most = needed.empty() ? 0 : *std::max_element(needed.begin(), needed.end());
    if (most == 0) return;
    std::vector<std::byte> head;
    std::vector<std::uint64_t> ends{0};
    source_.run(step, [&](auto const& element) {
      if (ends.size() > most) return;
      append_packed<T>(head, element);
      ends.push_back(head.size());
      if (head.size() > this->flow()->memory()->for_tables()) refuse_window(step, head.size());
    });
    std::vector<engine::Piece> pieces(step.partition().count);
    for (std::size_t p = 0; p < needed.size(); ++p)
      pieces[p] = {PartitionId{static_cast<std::uint32_t>(p)}, needed[p], ends[needed[p]]};
    auto const to = shape_outgoing(step, pieces);
    for (std::size_t p = 0; p < needed.size(); ++p)
      if (needed[p] > 0) std::memcpy(to[p], head.data(), ends[needed[p]]);
  }

  // What arrives ends where the last window of this partition does.
  void take(Step& step, Sink sink) override {
    ColumnSink<U> out(sink);
    Column<T> held;
    auto const most = this->flow()->memory()->for_tables();
    auto const bytes = [&] { return held.bytes() + held.size() * sizeof(ViewOf<T>); };
    auto const feed = [&](ViewOf<T> const& element) {
      held.add(element);
      bool const large = bytes() > most;
      if (!large && held.size() < 2 * width_ + block_elements) return;
      slide(held, out);
      if (large && bytes() > most / 2) refuse_window(step, bytes());
    };
    source_.run(step, [&](ViewOf<T> const& element) { feed(element); });
    for (auto const& segment : step.frame.inbox) {
      auto const* from = segment.bytes.data();
      for (std::uint64_t i = 0; i < segment.count; ++i) feed(unpack<T>(from));
    }
    slide(held, out);
    out.flush();
  }
  // Shows what comes of the windows that are whole, and keeps what later ones begin with.
  void slide(Column<T>& held, ColumnSink<U>& out) {
    if (held.size() < width_) return;
    std::vector<ViewOf<T>> seen;
    seen.reserve(held.size());
    for (std::size_t i = 0; i < held.size(); ++i) seen.push_back(held[i]);
    std::size_t i = 0;
    for (; i + width_ <= seen.size(); ++i) out.add(f_(std::span<ViewOf<T> const>(seen).subspan(i, width_)));
    Column<T> rest;
    for (; i < seen.size(); ++i) rest.add(seen[i]);
    held = std::move(rest);
  }
  [[noreturn]] void refuse_window(Step const& step, std::uint64_t bytes) {
    refuse_large(step, "window", "a window of " + std::to_string(width_) + " elements", 2 * bytes,
                 this->flow()->memory()->budget());
  }

  Source source_;
  std::uint64_t width_;
  F f_;
  std::vector<std::uint64_t> sizes_;  // of the source, by partition
};

}  // namespace pel::data
