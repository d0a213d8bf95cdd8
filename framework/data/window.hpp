// window: what comes of each run of neighbours.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "data/dealing.hpp"
#include "data/gathered.hpp"
#include "data/ordered_pipe.hpp"
#include "data/wide.hpp"

namespace pel::data {

// A partition receives the width - 1 elements after its end: from the next one, and from those after it where that is
// short. The source stays, as windows are made of it and of what arrives.
// Cost: w = two passes and a copy of a partition a thread, h = width - 1 elements a partition, l = 1, and 1 where sizes
// must be counted.
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
    });
    std::vector<engine::Piece> pieces(step.partition().count);
    for (std::size_t p = 0; p < needed.size(); ++p)
      pieces[p] = {PartitionId{static_cast<std::uint32_t>(p)}, needed[p], ends[needed[p]]};
    auto const to = shape_outgoing(step, pieces);
    for (std::size_t p = 0; p < needed.size(); ++p)
      if (needed[p] > 0) std::memcpy(to[p], head.data(), ends[needed[p]]);
  }

  void take(Step& step, Sink sink) override {
    Column<T> elements;
    source_.run(step, [&](ViewOf<T> const& element) { elements.add(element); });
    auto const own = elements.size();
    for (auto const& segment : step.frame.inbox) {
      auto const* from = segment.bytes.data();
      for (std::uint64_t i = 0; i < segment.count; ++i) elements.add(unpack<T>(from));
    }
    std::vector<ViewOf<T>> seen;
    seen.reserve(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) seen.push_back(elements[i]);
    ColumnSink<U> out(sink);
    for (std::size_t i = 0; i < own && i + width_ <= seen.size(); ++i)
      out.add(f_(std::span<ViewOf<T> const>(seen).subspan(i, width_)));
    out.flush();
  }

  Source source_;
  std::uint64_t width_;
  F f_;
  std::vector<std::uint64_t> sizes_;  // of the source, by partition
};

}  // namespace pel::data
