// repartition_by and rebalance: elements move to other partitions, and stay what they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/byte_range.hpp"
#include "data/dealing.hpp"
#include "data/key_table.hpp"
#include "data/ordered_pipe.hpp"
#include "data/wide.hpp"

namespace pel::data {

// Start: start(step) makes a function of a partition's elements in order, which tells where each goes. There they are
// in the order of (source partition, position).
// Cost: w = two passes, h = the elements once, l = 1.
template <class Source, class Start>
class DealtNode final : public WideNode<typename Source::Element> {
  using T = typename Source::Element;

 public:
  using typename WideNode<T>::Sink;
  DealtNode(Source source, std::string verb, Start start, std::vector<std::uint64_t> sizes = {})
      : WideNode<T>(source.flow()),
        source_(std::move(source)),
        verb_(std::move(verb)),
        start_(std::move(start)),
        sizes_(std::move(sizes)) {}

  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const override { return sizes_.empty() ? nullptr : &sizes_; }

 private:
  void send() override {
    auto& flow = *this->flow();
    dealers_.resize(flow.workers());
    source_->prepare();
    flow.superstep(
        verb_, [this](Step& step) { produce(step); }, {}, source_->passing());
    source_.reset();
    dealers_.clear();
  }

  void produce(Step& step) {
    auto& dealer = dealers_[static_cast<std::size_t>(step.worker())];
    auto const most = this->flow()->memory()->for_dealing();
    auto const shape = [&] {
      auto to = shape_outgoing(step, dealer.pieces());
      dealer.deal(to);
    };
    dealer.begin(step.partition().count, most);
    auto destination = start_(step);
    source_->run_blocks(step, [&](BlockOf<T> block) {
      dealer.add(block, [&](ViewOf<T> const& element) -> std::uint32_t { return destination(element); });
      if (!dealer.full()) return;
      shape();
      send_now(step);
      dealer.begin(step.partition().count, most);
    });
    shape();
  }

  [[nodiscard]] std::uint64_t memory_beside(std::uint64_t) const override { return 0; }

  void take(Step& step, Sink sink) override {
    BlockMaker<T> block(sink);
    for (auto const& segment : step.frame.inbox) unpack_all(segment.bytes.data(), segment.count, block);
    block.flush();
  }
  void take_large(Step& /*step*/, Sink sink, engine::StoredMail const& stored) override {
    BlockMaker<T> block(sink);
    stream_mail(stored, [&](std::byte const* from, std::uint64_t count) {
      unpack_all(from, count, block);
      block.settle();
    });
    block.flush();
  }
  static void unpack_all(std::byte const* from, std::uint64_t count, BlockMaker<T>& block) {
    for (std::uint64_t i = 0; i < count; ++i) block.add(unpack<T>(from));
  }

  std::optional<Source> source_;
  std::string verb_;
  Start start_;
  std::vector<std::uint64_t> sizes_;  // of the result, by partition; none: not known
  std::vector<Dealer<T>> dealers_;    // by worker
};

// To the partition that a hash of key(element) picks, which is that of reduce_by_key and its like.
template <class T, class K, class Key>
class ByHash {
 public:
  explicit ByHash(Key key) : key_(std::move(key)) {}
  [[nodiscard]] auto operator()(Step& step) const {
    return [this, partitions = step.partition().count](ViewOf<T> const& element) {
      auto const& given = key_(element);
      ViewOf<K> const key = given;
      return base::scale_down(key_hash<ViewOf<K>>(key), partitions);
    };
  }

 private:
  Key key_;
};

// To where elements lie that are cut into equal parts. `firsts`: see firsts_of.
class ByPosition {
 public:
  explicit ByPosition(std::vector<std::uint64_t> firsts) : firsts_(std::move(firsts)) {}
  [[nodiscard]] auto operator()(Step& step) const {
    auto const partitions = step.partition().count;
    auto const n = firsts_.back();
    return [n, partitions, at = firsts_[step.partition().index()], to = std::uint32_t{0}](auto const&) mutable {
      while (share_of(n, to, partitions).end <= at) ++to;
      ++at;
      return to;
    };
  }

 private:
  std::vector<std::uint64_t> firsts_;
};

// Parts that differ by one element at most, in the order of all; what is so placed already passes through.
template <class Source>
class RebalancedNode final : public Node<typename Source::Element> {
  using T = typename Source::Element;
  using Moved = DealtNode<Source, ByPosition>;

 public:
  using typename Node<T>::Sink;
  explicit RebalancedNode(Source source) : Node<T>(source.flow()), source_(std::move(source)) {}

  void prepare(bool shared) override {
    if (!moved_ && wanted_.empty()) decide();
    if (moved_)
      moved_->prepare(shared);
    else
      source_->prepare(shared);
  }
  [[nodiscard]] Arriving const* passing() const override { return moved_ ? moved_->passing() : source_->passing(); }
  void show(Step& step, Sink sink) override {
    if (moved_)
      moved_->show(step, sink);
    else
      source_->run_blocks(step, sink);
  }
  [[nodiscard]] Lookup<T> const* lookup() const override { return moved_ || !source_ ? nullptr : source_->lookup(); }
  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const override {
    return wanted_.empty() ? nullptr : &wanted_;
  }

 private:
  void decide() {
    auto const sizes = partition_sizes(*source_, "rebalance");
    auto firsts = firsts_of(sizes);
    for (std::uint64_t p = 0; p < sizes.size(); ++p) wanted_.push_back(share_of(firsts.back(), p, sizes.size()).size());
    if (sizes == wanted_) return;
    moved_ = std::make_shared<Moved>(*std::exchange(source_, std::nullopt), "rebalance", ByPosition(std::move(firsts)));
  }

  std::optional<Source> source_;
  std::vector<std::uint64_t> wanted_;  // sizes of the result, once known
  std::shared_ptr<Moved> moved_;       // none: passes through
};

}  // namespace pel::data
