// reduce_to_index: values of equal indices become one, at the place that the index says.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "data/byte_range.hpp"
#include "data/combining.hpp"
#include "data/dealing.hpp"
#include "data/key_table.hpp"
#include "data/wide.hpp"

namespace pel::data {

// Source: a pipe or a dataset of elements; Index: element -> number; Reduce: a Reducer. The result has n values, cut as
// share_of says, so that it lies as generate(n) does.
// Cost: w = one probe of a table an element, h = an index and a value an index and source partition, l = 1.
template <class Source, class Index, class Reduce, class V>
class IndexedReduceNode final : public WideNode<V> {
  using Table = KeyTable<std::uint64_t, V>;
  using Sent = Entry<std::uint64_t, V>;

 public:
  using typename WideNode<V>::Sink;
  IndexedReduceNode(Source source, std::uint64_t n, Index index, Reduce reduce, V missing)
      : WideNode<V>(source.flow()),
        source_(std::move(source)),
        n_(n),
        index_(std::move(index)),
        reduce_(std::move(reduce)),
        missing_(std::move(missing)) {
    auto const partitions = this->flow()->partitions();
    for (std::uint32_t p = 0; p < partitions; ++p) {
      auto const share = share_of(n, p, partitions);
      ends_.push_back(share.end);
      sizes_.push_back(share.size());
    }
  }

  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const override { return &sizes_; }

 private:
  struct Scratch {
    std::unique_ptr<Table> table = std::make_unique<Table>();
    Dealer<Sent> dealer;
  };

  void send() override {
    auto& flow = *this->flow();
    scratch_.resize(flow.workers());
    source_->prepare();
    flow.superstep(
        "reduce_to_index", [this](Step& step) { produce(step); }, {}, source_->passing());
    source_.reset();
    scratch_.clear();
  }

  void produce(Step& step) {
    auto& [table, dealer] = scratch_[static_cast<std::size_t>(step.worker())];
    table->clear();
    Combining<std::uint64_t, V> combining(*table);
    combining.template run<typename Source::Element>(
        this->flow()->memory(), [&](auto const& use) { source_->run(step, use); },
        [&](auto const& element) {
          auto const index = index_(element);
          auto const at = static_cast<std::uint64_t>(index);
          if (at >= n_)
            throw std::out_of_range("reduce_to_index: index " + std::to_string(index) + " is not one of 0 to " +
                                    std::to_string(n_) + " - 1");
          return combining.change(at, [&](V& so_far, bool is_new) {
            so_far = is_new ? static_cast<V>(reduce_.value(element))
                            : static_cast<V>(reduce_.combine(so_far, reduce_.value(element)));
          });
        },
        [&, &table = *table, &dealer = dealer](bool more) {
          deal(step, table, dealer);
          if (more) send_now(step);
        });
  }

  void deal(Step& step, Table& table, Dealer<Sent>& dealer) const {
    dealer.begin(step.partition().count);
    std::vector<Sent> block;
    auto const flush = [&] {
      dealer.add(std::span<Sent const>(block), [&](Sent const& sent) {
        return static_cast<std::uint32_t>(std::upper_bound(ends_.begin(), ends_.end(), sent.key) - ends_.begin());
      });
      block.clear();
    };
    for (auto const& slot : table.slots()) {
      block.push_back({table.key_of(slot), slot.value});
      if (block.size() == block_elements) flush();
    }
    flush();
    auto to = shape_outgoing(step, dealer.pieces());
    dealer.deal(to);
  }

  // The result of a partition, whatever arrives: that of the largest.
  [[nodiscard]] std::uint64_t memory_beside(std::uint64_t) const override {
    return *std::max_element(sizes_.begin(), sizes_.end()) * sizeof(std::optional<V>);
  }

  void take(Step& step, Sink sink) override {
    combine(step, sink, [&](auto const& use) {
      for (auto const& segment : step.frame.inbox) use(segment.bytes.data(), segment.count);
    });
  }
  void take_large(Step& step, Sink sink, engine::StoredMail const& stored) override {
    auto const limit = this->flow()->memory()->for_one();
    if (memory_beside(0) > limit) this->refuse("its part of the result", step, memory_beside(0));
    engine::Admission const admission(*step.frame.rounds, limit, limit);
    combine(step, sink, [&](auto const& use) { stream_mail(stored, use); });
  }

  // each(use) calls use(bytes, count) for what each source partition sent.
  template <class Each>
  void combine(Step& step, Sink sink, Each const& each) {
    auto const share = share_of(n_, step.partition().index(), step.partition().count);
    std::vector<std::optional<V>> found(share.size());
    each([&](std::byte const* from, std::uint64_t count) {
      for (std::uint64_t i = 0; i < count; ++i) {
        auto const sent = unpack<Sent>(from);
        auto& value = found[sent.key - share.begin];
        value = value ? static_cast<V>(reduce_.combine(*value, sent.value)) : sent.value;
      }
    });
    BlockMaker<V> block(sink);
    for (auto const& value : found) block.add(value ? *value : missing_);
    block.flush();
  }

  std::optional<Source> source_;
  std::uint64_t n_;
  Index index_;
  Reduce reduce_;
  V missing_;
  std::vector<std::uint64_t> ends_, sizes_;  // of the result, by partition
  std::vector<Scratch> scratch_;             // by worker
};

}  // namespace pel::data
