// All that a kernel sees of a superstep.
#pragma once

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "base/random.hpp"
#include "engine/hosted.hpp"
#include "pel/aggregate.hpp"
#include "pel/inbox.hpp"
#include "pel/message.hpp"
#include "pel/outbox.hpp"
#include "pel/partition.hpp"
#include "pel/tally.hpp"

namespace pel {

// What goes in: number, partition, inbox, aggregate, random; what comes out: send, contribute, publish. A kernel gets
// it for the time of one superstep() call and touches nothing else but its own members: partitions of a rank run at the
// same time.
template <class Kernel>
class Superstep {
 public:
  using Message = MessageOf<Kernel>;
  using Aggregate = AggregateOf<Kernel>;

  // For the engine.
  Superstep(engine::StepFrame& frame, Inbox<Message> const& inbox, Outbox<Message>& outbox, Aggregate const& aggregate)
      : frame_(frame), inbox_(inbox), outbox_(outbox), aggregate_(aggregate) {}

  // Counts from 0, and on after a restart.
  [[nodiscard]] std::int64_t number() const noexcept { return frame_.number; }
  [[nodiscard]] Partition partition() const noexcept { return frame_.partition; }

  // The messages sent to this partition in the superstep before: (key, value), ascending by key.
  [[nodiscard]] Inbox<Message> const& inbox() const noexcept {
    static_assert(SomeMessage<Message>, "pel: this kernel gets no messages: its Message is pel::NoMessage");
    return inbox_;
  }

  // What all partitions contributed in the superstep before, folded from partition 0 up, the default value first; one
  // that did not contribute counts as nothing.
  [[nodiscard]] Aggregate const& aggregate() const noexcept { return aggregate_; }

  // Sends a message; it arrives in the next superstep and wakes a halted partition.
  // Requires: to is a partition of the job. Throws: std::out_of_range.
  // Cost: h = sizeof(Key) + sizeof(Value), or what Boost.Serialization makes of them, once for each key and source
  // partition where there is a combiner.
  template <class Key, class Value>
  void send(PartitionId to, Key&& key, Value&& value) {
    static_assert(SomeMessage<Message>, "pel: this kernel sends no messages: its Message is pel::NoMessage");
    if constexpr (SomeMessage<Message>) {
      using MessageKey = typename Message::Key;
      using MessageValue = typename Message::Value;
      constexpr bool fits = std::constructible_from<MessageKey, Key> && std::constructible_from<MessageValue, Value>;
      static_assert(fits, "pel: send(partition, key, value) takes the key and the value of the kernel's Message");
      if (index(to) >= frame_.partition.count)
        throw std::out_of_range("send() to partition " + std::to_string(index(to)) + " of " +
                                std::to_string(frame_.partition.count));
      if constexpr (fits)
        outbox_.send(to, static_cast<MessageKey>(std::forward<Key>(key)),
                     static_cast<MessageValue>(std::forward<Value>(value)));
    }
  }

  // Adds to the aggregate that all partitions see in the next superstep. Several calls fold in their order.
  void contribute(Aggregate const& value) {
    static_assert(!std::same_as<Aggregate, NoAggregate>,
                  "pel: this kernel aggregates nothing: its Aggregate is pel::NoAggregate");
    mine_ += value;
    contributed_ = true;
  }

  // Ships what was written to a field: in place on all ranks that read it before the next superstep.
  // Requires: serialize() names the field. Throws: std::logic_error.
  // Cost, of a Halo: h = sizeof(T) for each value and rank that mirrors it, once a superstep; of the others: see their
  // headers.
  template <class Field>
  void publish(Field const& field) {
    constexpr bool is_field = requires {
      { field.number() } -> std::same_as<unsigned>;
    };
    static_assert(is_field, "pel: publish() takes a Halo, SparseHalo, Least, Tally or RowHalo");
    if constexpr (is_field) frame_.published |= std::uint64_t{1} << field.number();
  }

  // Where this call's thread adds to a tally. Valid during this call of superstep().
  // Requires: serialize() names the tally.
  [[nodiscard]] Tally::Lane lane(Tally const& tally) const { return tally.lane(frame_.worker); }

  // Numbers that depend on (job seed, partition, superstep) alone; each call starts the same stream again.
  [[nodiscard]] Random random() const noexcept {
    return {frame_.seed, frame_.partition.index(), static_cast<std::uint64_t>(frame_.number)};
  }

  // For the engine: whether and what was contributed.
  [[nodiscard]] Aggregate const* contribution() const noexcept { return contributed_ ? &mine_ : nullptr; }

 private:
  engine::StepFrame& frame_;
  Inbox<Message> const& inbox_;
  Outbox<Message>& outbox_;
  Aggregate const& aggregate_;
  Aggregate mine_{};
  bool contributed_ = false;
};

}  // namespace pel
