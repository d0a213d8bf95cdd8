// reduce_by_key: the values of equal keys become one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/combining.hpp"
#include "data/dealing.hpp"
#include "data/key_table.hpp"
#include "data/packed.hpp"
#include "data/wide.hpp"

namespace pel::data {

// How values are combined: the first value of a key is value(element); each further one is combine(so far, value).
// Values of one partition are combined in their order, then those of partitions in theirs: the same bits on any ranks.
template <class Value, class Combine>
struct Reducer {
  Value value;
  Combine combine;
};
template <class Value, class Combine>
Reducer(Value, Combine) -> Reducer<Value, Combine>;

// Source: a pipe or a dataset of elements; Key: element -> key; Reduce: a Reducer.
// Cost: w = one probe of a table an element, h = one entry a key and source partition, l = 1.
template <class Source, class Key, class Reduce, class K, class V>
class ReduceNode final : public WideNode<Entry<K, V>> {
  using Table = KeyTable<K, V>;
  using Result = Entry<K, V>;

 public:
  using typename WideNode<Result>::Sink;
  ReduceNode(char const* verb, Source source, Key key, Reduce reduce)
      : WideNode<Result>(source.flow()),
        verb_(verb),
        source_(std::move(source)),
        key_(std::move(key)),
        reduce_(std::move(reduce)) {}

 private:
  void send() override {
    auto& flow = *this->flow();
    tables_.resize(flow.workers());
    source_->prepare();
    flow.superstep(
        verb_, [this](Step& step) { produce(step); }, {}, source_->passing());
    source_.reset();
  }

  Table& cleared_table(Step& step) {
    auto& table = tables_[static_cast<std::size_t>(step.worker())];
    if (!table) table = std::make_unique<Table>();
    table->clear();
    return *table;
  }

  void produce(Step& step) {
    auto& table = cleared_table(step);
    Combining<K, V> combining(table);
    combining.template run<typename Source::Element>(
        this->flow()->memory(), [&](auto const& use) { source_->run(step, use); },
        [&](auto const& element) {
          auto const& given = key_(element);  // of a text that was made for this, too, `key` is a view
          ViewOf<K> const key = given;
          return add(combining, key, reduce_.value(element));
        },
        [&](bool more) {
          ship(step, table);
          if (more) send_now(step);
        });
  }

  template <class Given>
  bool add(Combining<K, V>& combining, ViewOf<K> const& key, Given&& value) {
    return combining.change(key, [&](V& so_far, bool is_new) {
      so_far = is_new ? static_cast<V>(std::forward<Given>(value))
                      : static_cast<V>(reduce_.combine(so_far, std::forward<Given>(value)));
    });
  }

  // The entries by destination, in order of first appearance.
  void ship(Step& step, Table& combined) {
    auto const partitions = step.partition().count;
    std::vector<engine::Piece> pieces(partitions);
    for (auto const& slot : combined.slots()) {
      auto& piece = pieces[base::scale_down(slot.hash, partitions)];
      ++piece.count;
      piece.bytes += packed_size<K>(combined.key_of(slot)) + packed_value_size(slot.value);
    }
    auto to = shape_outgoing(step, pieces);
    for (auto const& slot : combined.slots()) {
      auto*& at = to[base::scale_down(slot.hash, partitions)];
      at = pack<K>(combined.key_of(slot), at);
      at = pack_value(slot.value, at);
    }
  }

  // The table keeps to its own room.
  [[nodiscard]] std::uint64_t memory_beside(std::uint64_t) const override { return 0; }

  // Shows the entries of source partitions: bytes and how many there are.
  using Packed = base::FunctionRef<void(std::byte const* bytes, std::uint64_t count)>;

  void take(Step& step, Sink sink) override {
    std::size_t most = 0;
    for (auto const& segment : step.frame.inbox) most = std::max<std::size_t>(most, segment.count);
    combine(step, sink, most, [&](Packed use) {
      for (auto const& segment : step.frame.inbox) use(segment.bytes.data(), segment.count);
    });
  }
  void take_large(Step& step, Sink sink, engine::StoredMail const& stored) override {
    combine(step, sink, 0, [&](Packed use) { stream_mail(stored, use); });
  }

  // `keys`: how many there are at least.
  void combine(Step& step, Sink sink, std::size_t keys, base::FunctionRef<void(Packed)> each) {
    auto& table = cleared_table(step);
    auto const& memory = this->flow()->memory();
    table.reserve(std::min<std::size_t>(keys, memory->for_tables() / Table::bytes_a_key / 2));
    Combining<K, V> combining(table);
    BlockMaker<Result> block(sink);
    combining.template run<Result>(
        memory,
        [&](auto const& use) {
          each([&](std::byte const* at, std::uint64_t count) {
            for (std::uint64_t i = 0; i < count; ++i) {
              auto const key = unpack<K>(at);
              use(ViewOf<Result>{key, unpack_value<V>(at)});
            }
          });
        },
        [&](ViewOf<Result> const& entry) { return add(combining, entry.key, entry.value); },
        [&](bool more) {
          for (auto const& slot : table.slots()) block.add({table.key_of(slot), slot.value});
          if (more)
            block.settle();
          else
            block.flush();
        });
  }

  char const* verb_;
  std::optional<Source> source_;
  Key key_;
  Reduce reduce_;
  std::vector<std::unique_ptr<Table>> tables_;  // by worker: memory of one partition's table is that of the next
};

}  // namespace pel::data
