// group_by_key: all elements of a key come together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/dealing.hpp"
#include "data/key_groups.hpp"
#include "data/wide.hpp"

namespace pel::data {

// Source: a pipe or a dataset of T; Key: element -> key; Make: (key, group, emit) -> elements U.
// Cost: w = two passes and a table probe an element, h = the elements once, l = 1.
template <class Source, class Key, class Make, class K, class U>
class GroupNode final : public WideNode<U> {
  using T = typename Source::Element;

 public:
  using typename WideNode<U>::Sink;
  GroupNode(Source source, Key key, Make make)
      : WideNode<U>(source.flow()), source_(std::move(source)), key_(std::move(key)), make_(std::move(make)) {}

 private:
  void send() override {
    auto& flow = *this->flow();
    dealers_.resize(flow.workers());
    groups_.resize(flow.workers());
    source_->prepare();
    flow.superstep(
        "group_by_key", [this](Step& step) { produce(step); }, {}, source_->passing());
    source_.reset();
    dealers_.clear();
  }

  void produce(Step& step) {
    auto const partitions = step.partition().count;
    auto& dealer = dealers_[static_cast<std::size_t>(step.worker())];
    dealer.begin(partitions);
    source_->run_blocks(step, [&](BlockOf<T> block) {
      dealer.add(block, [&](ViewOf<T> const& element) {
        auto const& given = key_(element);
        ViewOf<K> const key = given;
        return base::scale_down(key_hash<ViewOf<K>>(key), partitions);
      });
    });
    auto to = shape_outgoing(step, dealer.pieces());
    dealer.deal(to);
  }

  void take(Step& step, Sink sink) override {
    auto& groups = groups_[static_cast<std::size_t>(step.worker())];
    groups.clear();
    for (auto const& segment : step.frame.inbox) (void)groups.add(segment.bytes.data(), segment.count, key_);
    groups.finish();
    ColumnSink<U> out(sink);
    for (std::size_t g = 0; g < groups.size(); ++g)
      make_(groups.key(g), groups[g], [&](ViewOf<U> const& made) { out.add(made); });
    out.flush();
  }

  std::optional<Source> source_;
  Key key_;
  Make make_;
  std::vector<Dealer<T>> dealers_;       // by worker
  std::vector<KeyGroups<T, K>> groups_;  // by worker
};

}  // namespace pel::data
