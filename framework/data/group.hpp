// group_by_key: all elements of a key come together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/dealing.hpp"
#include "data/group_sizes.hpp"
#include "data/key_groups.hpp"
#include "data/packed_run.hpp"
#include "data/wide.hpp"

namespace pel::data {

// Source: a pipe or a dataset of T; Key: element -> key; Make: (key, group, emit) -> elements U.
// Cost: w = two passes and a table probe an element, h = the elements once, l = 1.
template <class Source, class Key, class Make, class K, class U>
class GroupNode final : public WideNode<U> {
  using T = typename Source::Element;

 public:
  using typename WideNode<U>::Sink;
  GroupNode(char const* verb, Source source, Key key, Make make)
      : WideNode<U>(source.flow()),
        verb_(verb),
        source_(std::move(source)),
        key_(std::move(key)),
        make_(std::move(make)) {}

 private:
  void send() override {
    auto& flow = *this->flow();
    dealers_.resize(flow.workers());
    groups_.resize(flow.workers());
    source_->prepare();
    flow.superstep(
        verb_, [this](Step& step) { produce(step); }, {}, source_->passing());
    source_.reset();
    dealers_.clear();
  }

  void produce(Step& step) {
    auto const partitions = step.partition().count;
    auto const most = this->flow()->memory()->for_dealing();
    auto& dealer = dealers_[static_cast<std::size_t>(step.worker())];
    auto const shape = [&] {
      auto to = shape_outgoing(step, dealer.pieces());
      dealer.deal(to);
    };
    dealer.begin(partitions, most);
    source_->run_blocks(step, [&](BlockOf<T> block) {
      dealer.add(block, [&](ViewOf<T> const& element) {
        auto const& given = key_(element);
        ViewOf<K> const key = given;
        return base::scale_down(key_hash<ViewOf<K>>(key), partitions);
      });
      if (!dealer.full()) return;
      shape();
      send_now(step);
      dealer.begin(partitions, most);
    });
    shape();
  }

  void free_scratch(std::size_t worker) override { groups_[worker] = {}; }
  [[nodiscard]] std::uint64_t memory_beside(std::uint64_t messages) const override {
    return KeyGroups<T, K>::beside * messages;
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

  // As many groups at a time as fit into memory, in their order: all elements are read once to learn how large they
  // are, and once for each time. Where there are too many keys for that, those of later ones wait on disk.
  void take_large(Step& step, Sink sink, engine::StoredMail const& stored) override {
    auto const limit = this->flow()->memory()->for_one();
    engine::Admission const admission(*step.frame.rounds, limit, limit);
    ColumnSink<U> out(sink);
    auto rest = take_some(step, limit, out, [&](auto const& use) { stream_mail(stored, use); });
    while (rest) {
      auto const before = std::exchange(rest, PackedRun<T>()).finished();
      rest = take_some(step, limit, out, [&](auto const& use) { before.bytes().show(use); });
    }
    out.flush();
  }

  // all(use) calls use(bytes, count) for all elements. Returns those whose keys found no room.
  template <class All>
  [[nodiscard]] PackedRun<T> take_some(Step& step, std::uint64_t limit, ColumnSink<U>& out, All const& all) {
    GroupSizes<T, K> sizes;
    PackedRun<T> rest;
    std::uint64_t n = 0;
    all([&](std::byte const* from, std::uint64_t count) {
      n += count;
      sizes.add(from, count, key_, limit / 2, [&](std::byte const* begin, std::byte const* end) {
        if (!rest) rest = PackedRun<T>(this->flow()->memory()->file_of_runs());
        rest.add_packed({begin, end});
      });
    });
    if (auto const most = sizes.most(); most > 1 && most * 2 > n)
      this->flow()->warn("group_by_key: partition " + std::to_string(step.partition().index()) +
                         " is read from disk in parts, as " + std::to_string(most) + " of its " + std::to_string(n) +
                         " elements have one key");
    for (std::size_t begin = 0; begin < sizes.size();) {
      auto const end = sizes.behind(begin, limit - std::min(limit, sizes.bytes()));
      if (end == begin) this->refuse("one group", step, sizes.need(begin));
      GroupRange<T> groups(sizes.counts(begin, end));
      all([&](std::byte const* from, std::uint64_t count) { sizes.place(from, count, key_, groups); });
      for (std::size_t g = begin; g < end; ++g)
        make_(sizes.key(g), groups[g - begin], [&](ViewOf<U> const& made) { out.add(made); });
      begin = end;
    }
    return rest;
  }

  char const* verb_;
  std::optional<Source> source_;
  Key key_;
  Make make_;
  std::vector<Dealer<T>> dealers_;       // by worker
  std::vector<KeyGroups<T, K>> groups_;  // by worker
};

}  // namespace pel::data
