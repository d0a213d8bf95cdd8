// The typed shell: a rank's kernels of one class behind the engine's face.
#pragma once

#include <boost/core/demangle.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include "engine/hosted.hpp"
#include "engine/result_columns.hpp"
#include "pel/codec.hpp"
#include "pel/field_archives.hpp"
#include "pel/output.hpp"
#include "pel/superstep.hpp"

namespace pel {

template <class Kernel>
class HostedKernels final : public engine::HostedKernels {
  using Message = typename Kernel::Message;
  using Aggregate = typename Kernel::Aggregate;
  static constexpr bool has_mail = SomeMessage<Message>;

 public:
  explicit HostedKernels(std::function<Kernel(Partition)> make)
      : make_(std::move(make)), name_(plain_name(boost::core::demangle(typeid(Kernel).name()))) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::uint32_t version() const override {
    if constexpr (requires { Kernel::version; }) return static_cast<std::uint32_t>(Kernel::version);
    return 0;
  }
  [[nodiscard]] Aggregate const& aggregate() const noexcept { return aggregate_; }

  void resize(std::size_t slots, int workers) override {
    kernels_.clear();
    kernels_.resize(slots);
    loaded_ = std::vector<std::optional<Inbox<Message>>>(slots);
    while (scratch_.size() < static_cast<std::size_t>(workers)) scratch_.push_back(std::make_unique<Scratch>());
  }
  void construct(std::size_t slot, Partition partition) override { kernels_[slot].emplace(make_(partition)); }

  void bind_halos(std::size_t slot, engine::HaloRegistry& registry) override {
    archive::HaloFinder finder(registry);
    kernels_[slot]->serialize(finder, 0U);
  }

  Vote step(std::size_t slot, engine::StepFrame& frame) override {
    auto& scratch = *scratch_[static_cast<std::size_t>(frame.worker)];
    scratch.outbox.clear();  // of a step that threw
    auto& loaded = loaded_[slot];
    if (!loaded) scratch.inbox.merge(frame.inbox);
    Superstep<Kernel> step(frame, loaded ? *loaded : scratch.inbox, scratch.outbox, aggregate_);
    Vote const vote = kernels_[slot]->superstep(step);
    scratch.outbox.pack(*frame.outgoing, frame.local);
    if (auto const* const mine = step.contribution()) codec::encode(*mine, *frame.contribution);
    loaded.reset();
    return vote;
  }

  void fold(std::span<std::span<std::byte const> const> contributions) override {
    aggregate_ = Aggregate{};
    for (auto const bytes : contributions) {
      Aggregate other{};
      codec::decode(bytes, other);
      aggregate_ += other;
    }
  }

  void visit(std::size_t slot, std::span<engine::Segment const> segments, engine::StateVisitor& visitor) override {
    archive::Saver saver(visitor, "state/");
    kernels_[slot]->serialize(saver, 0U);
    if constexpr (has_mail) {
      archive::Saver mail(visitor, "inbox/");
      auto& inbox = loaded_[slot];
      if (!inbox && !visitor.may_keep(bytes_of(segments))) {
        Inbox<Message> passing;
        passing.merge(segments);
        mail.save_mail(passing);
        return;
      }
      if (!inbox) inbox.emplace().merge(segments);
      mail.save_mail(*inbox);
      if (inbox->empty()) inbox.reset();  // a partition that sleeps on must see its later mail
    }
  }

  void visit_aggregate(engine::StateVisitor& visitor) override {
    archive::Saver saver(visitor, "aggregate/");
    if constexpr (requires { aggregate_.serialize(saver, 0U); })
      aggregate_.serialize(saver, 0U);
    else if constexpr (!std::same_as<Aggregate, NoAggregate>)
      saver.save("bytes", bytes_of_aggregate());
  }

  void load(std::size_t slot, std::vector<store::FieldView> const& fields) override {
    archive::Loader loader(fields, "state/");
    kernels_[slot]->serialize(loader, 0U);
    if constexpr (has_mail) {
      archive::Loader const mail(fields, "inbox/");
      std::vector<typename Message::Key> keys;
      std::vector<typename Message::Value> values;
      mail.load("key", keys);
      mail.load("value", values);
      if (!keys.empty()) loaded_[slot].emplace().assign(keys, values);
    }
  }

  void load_aggregate(std::vector<store::FieldView> const& fields) override {
    archive::Loader loader(fields, "aggregate/");
    if constexpr (requires { aggregate_.serialize(loader, 0U); }) {
      aggregate_.serialize(loader, 0U);
    } else if constexpr (!std::same_as<Aggregate, NoAggregate>) {
      std::vector<std::uint8_t> bytes;
      loader.load("bytes", bytes);
      codec::decode(std::as_bytes(std::span(bytes)), aggregate_);
    }
  }

  [[nodiscard]] bool has_loaded_mail(std::size_t slot) const override {
    return loaded_[slot].has_value() && !loaded_[slot]->empty();
  }

  void write(std::size_t slot, Partition partition, engine::ResultColumns& columns) const override {
    Output out(columns, partition);
    kernels_[slot]->write(out);
  }

 private:
  // Without the namespace that has no name: it says nothing, and a kernel may move out of it.
  static std::string plain_name(std::string name) {
    constexpr std::string_view none = "(anonymous namespace)::";
    for (auto at = name.find(none); at != std::string::npos; at = name.find(none)) name.erase(at, none.size());
    return name;
  }
  static std::uint64_t bytes_of(std::span<engine::Segment const> segments) {
    std::uint64_t bytes = 0;
    for (auto const& segment : segments) bytes += segment.bytes.size();
    return bytes;
  }
  [[nodiscard]] std::vector<std::uint8_t> bytes_of_aggregate() const {
    std::vector<std::byte> bytes;
    codec::encode(aggregate_, bytes);
    std::vector<std::uint8_t> numbers;
    numbers.reserve(bytes.size());
    for (auto const byte : bytes) numbers.push_back(std::to_integer<std::uint8_t>(byte));
    return numbers;
  }

  // What a step needs beside its kernel; one a worker, kept from partition to partition.
  struct Scratch {
    Inbox<Message> inbox;
    Outbox<Message> outbox;
  };

  std::function<Kernel(Partition)> make_;
  std::string name_;
  std::vector<std::optional<Kernel>> kernels_;
  std::vector<std::optional<Inbox<Message>>> loaded_;  // by slot: merged already, for a checkpoint or by a restart
  std::vector<std::unique_ptr<Scratch>> scratch_;
  Aggregate aggregate_{};
};

// What a class must have to be a kernel; each thing that is missing is one sentence.
template <class Kernel>
consteval bool is_kernel() {
  using Message = MessageOf<Kernel>;
  using Aggregate = AggregateOf<Kernel>;
  if constexpr (requires {
                  typename Kernel::Message;
                  typename Kernel::Aggregate;
                }) {
    constexpr bool monoid = std::default_initializable<Aggregate> && requires(Aggregate a, Aggregate const b) {
      a += b;
    };
    static_assert(monoid, "pel: an Aggregate has a default value and operator+=");
    constexpr bool known = std::same_as<Message, NoMessage> || SomeMessage<Message>;
    static_assert(known, "pel: Message is pel::Message<Key, Value, Combiner> or pel::NoMessage");
    constexpr bool combines = [] {
      if constexpr (SomeMessage<Message>) {
        using Value = typename Message::Value;
        if constexpr (Message::combines) return std::is_invocable_r_v<Value, typename Message::Combiner, Value, Value>;
      }
      return true;
    }();
    static_assert(combines, "pel: the Combiner of a Message makes one Value of two: Value operator()(Value, Value)");
    constexpr bool steps = requires(Kernel kernel, Superstep<Kernel> & step) {
      { kernel.superstep(step) } -> std::same_as<Vote>;
    };
    static_assert(steps, "pel: a kernel has pel::Vote superstep(pel::Superstep<Kernel>&), which returns halt or go_on");
    constexpr bool saves = requires(Kernel kernel, archive::Saver & saver) { kernel.serialize(saver, 0U); };
    static_assert(saves,
                  "pel: a kernel names its state: void serialize(auto& archive, unsigned) { pel::fields(archive, "
                  "\"name\", member); }");
    constexpr bool writes = requires(Kernel const kernel, Output& out) { kernel.write(out); };
    static_assert(writes, "pel: a kernel gives its results: void write(pel::Output&) const");
    return monoid && known && combines && steps && saves && writes;
  }
  return false;
}

}  // namespace pel
