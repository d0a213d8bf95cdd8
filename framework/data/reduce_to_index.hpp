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
    source_->run(step, [&](auto const& element) {
      auto const index = index_(element);
      auto const at = static_cast<std::uint64_t>(index);
      if (at >= n_)
        throw std::out_of_range("reduce_to_index: index " + std::to_string(index) + " is not one of 0 to " +
                                std::to_string(n_) + " - 1");
      auto const found = table->find(at, key_hash<std::uint64_t>(at));
      found.value = found.is_new ? static_cast<V>(reduce_.value(element))
                                 : static_cast<V>(reduce_.combine(found.value, reduce_.value(element)));
    });
    dealer.begin(step.partition().count);
    std::vector<Sent> block;
    auto const flush = [&] {
      dealer.add(std::span<Sent const>(block), [&](Sent const& sent) {
        return static_cast<std::uint32_t>(std::upper_bound(ends_.begin(), ends_.end(), sent.key) - ends_.begin());
      });
      block.clear();
    };
    for (auto const& slot : table->slots()) {
      block.push_back({table->key_of(slot), slot.value});
      if (block.size() == block_elements) flush();
    }
    flush();
    auto to = shape_outgoing(step, dealer.pieces());
    dealer.deal(to);
  }

  void take(Step& step, Sink sink) override {
    auto const share = share_of(n_, step.partition().index(), step.partition().count);
    std::vector<std::optional<V>> found(share.size());
    for (auto const& segment : step.frame.inbox) {
      auto const* from = segment.bytes.data();
      for (std::uint64_t i = 0; i < segment.count; ++i) {
        auto const sent = unpack<Sent>(from);
        auto& value = found[sent.key - share.begin];
        value = value ? static_cast<V>(reduce_.combine(*value, sent.value)) : sent.value;
      }
    }
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
