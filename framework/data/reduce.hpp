// reduce_by_key: the values of equal keys become one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/dealing.hpp"
#include "data/key_table.hpp"
#include "data/packed.hpp"
#include "data/packed_run.hpp"
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
  ReduceNode(Source source, Key key, Reduce reduce)
      : WideNode<Result>(source.flow()), source_(std::move(source)), key_(std::move(key)), reduce_(std::move(reduce)) {}

 private:
  void send() override {
    auto& flow = *this->flow();
    tables_.resize(flow.workers());
    source_->prepare();
    flow.superstep(
        "reduce_by_key", [this](Step& step) { produce(step); }, {}, source_->passing());
    source_.reset();
  }

  Table& table(Step& step) {
    auto& table = tables_[static_cast<std::size_t>(step.worker())];
    if (!table) table = std::make_unique<Table>();
    table->clear();
    return *table;
  }

  // Where a table has no room for another key: elements of keys that are not in it wait on disk.
  struct Rest {
    std::uint64_t room = 0;            // bytes that a table may take
    bool full = false, again = false;  // again: elements that have been there once
    PackedRun<Result> elements;
  };

  // feed(take) gives all elements to take(key, hash, value), then done(more) sees the table; `more`: it will be called
  // again, with the table of the next keys. The values of a key are combined in one table, in their order, and keys
  // come in order of first appearance, however many tables there are.
  template <class Feed, class Done>
  void in_tables(Table& combined, Feed const& feed, Done const& done) {
    auto const& memory = this->flow()->memory();
    Rest rest{memory->for_tables(), false, false, {}};
    auto const take = [&](ViewOf<K> const& key, std::uint64_t hash, auto&& value) {
      if (rest.full)
        add_to_full(combined, rest, key, hash, static_cast<V>(value));
      else
        add(combined, rest, key, hash, std::forward<decltype(value)>(value));
    };
    feed(take);
    while (rest.elements) {
      done(true);
      auto elements = std::exchange(rest.elements, PackedRun<Result>());
      rest.full = false;
      rest.again = true;
      elements.finish();
      combined.clear();
      elements.show(
          [&](ViewOf<Result> const& element) { take(element.key, key_hash<ViewOf<K>>(element.key), element.value); });
    }
    done(false);
  }

  void produce(Step& step) {
    auto& combined = table(step);
    in_tables(
        combined,
        [&](auto const& take) {
          source_->run(step, [&](auto const& element) {
            auto const& given = key_(element);  // of a text that was made for this, too, `key` is a view
            ViewOf<K> const key = given;
            take(key, key_hash<ViewOf<K>>(key), reduce_.value(element));
          });
        },
        [&](bool more) {
          ship(step, combined);
          if (more) send_now(step);
        });
  }

  template <class Given>
  void add(Table& combined, Rest& rest, ViewOf<K> const& key, std::uint64_t hash, Given&& value) {
    auto const found = combined.find(key, hash);
    found.value = found.is_new ? static_cast<V>(std::forward<Given>(value))
                               : static_cast<V>(reduce_.combine(found.value, std::forward<Given>(value)));
    if (found.is_new) rest.full = combined.bytes_with_another() > rest.room;
  }
  [[gnu::noinline]] void add_to_full(Table& combined, Rest& rest, ViewOf<K> const& key, std::uint64_t hash,
                                     V const& value) {
    if (auto* const found = combined.look(key, hash)) {
      *found = static_cast<V>(reduce_.combine(*found, value));
      return;
    }
    auto const& memory = this->flow()->memory();
    if (!rest.elements) rest.elements = PackedRun<Result>(memory->file_of_runs());
    rest.elements.add({key, value});
    if (!rest.again) memory->count_dataset(packed_size<Result>({key, value}));
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
    std::vector<std::size_t> number(partitions);
    std::size_t n = 0;
    for (std::uint32_t p = 0; p < partitions; ++p) {
      if (pieces[p].count == 0) continue;
      pieces[p].to = PartitionId{p};
      number[p] = n;
      pieces[n++] = pieces[p];
    }
    pieces.resize(n);
    auto& outgoing = *step.frame.outgoing;
    outgoing.shape(std::move(pieces), step.frame.local);
    std::vector<std::byte*> to(partitions);
    for (std::uint32_t p = 0; p < partitions && n > 0; ++p) to[p] = outgoing.bytes(number[p]).data();
    for (auto const& slot : combined.slots()) {
      auto*& at = to[base::scale_down(slot.hash, partitions)];
      at = pack<K>(combined.key_of(slot), at);
      at = pack_value(slot.value, at);
    }
  }

  // The table keeps to its own room.
  [[nodiscard]] std::uint64_t memory_beside(std::uint64_t) const override { return 0; }

  void take(Step& step, Sink sink) override {
    std::size_t most = 0;
    for (auto const& segment : step.frame.inbox) most = std::max<std::size_t>(most, segment.count);
    combine(step, sink, most, [&](auto const& use) {
      for (auto const& segment : step.frame.inbox) use(segment.bytes.data(), segment.count);
    });
  }
  void take_large(Step& step, Sink sink, engine::StoredMail const& stored) override {
    combine(step, sink, 0, [&](auto const& use) { stream_mail(stored, use); });
  }

  // each(use) calls use(bytes, count) for the entries of each source partition. `keys`: how many there are at least.
  template <class Each>
  void combine(Step& step, Sink sink, std::size_t keys, Each const& each) {
    auto& combined = table(step);
    combined.reserve(std::min<std::size_t>(keys, this->flow()->memory()->for_tables() / Table::bytes_a_key / 2));
    in_tables(
        combined,
        [&](auto const& take) {
          each([&](std::byte const* at, std::uint64_t count) {
            for (std::uint64_t i = 0; i < count; ++i) {
              auto const key = unpack<K>(at);
              take(key, key_hash<ViewOf<K>>(key), unpack_value<V>(at));
            }
          });
        },
        [&](bool) {
          BlockMaker<Result> block(sink);
          for (auto const& slot : combined.slots()) block.add({combined.key_of(slot), slot.value});
          block.flush();
        });
  }

  std::optional<Source> source_;
  Key key_;
  Reduce reduce_;
  std::vector<std::unique_ptr<Table>> tables_;  // by worker: memory of one partition's table is that of the next
};

}  // namespace pel::data
