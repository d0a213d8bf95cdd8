#include "engine/driven_run.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/hash.hpp"
#include "base/machine.hpp"
#include "engine/memory.hpp"
#include "engine/ownership.hpp"
#include "engine/supersteps.hpp"
#include "engine/watch.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

constexpr char const* state_prefix = "state/";
constexpr char const* value_prefix = "aggregate/";
constexpr char const* later_inputs = "later inputs";  // the digests of those opened after the run had begun

// Fields of a checkpoint, held for who asks for them later.
struct HeldFields {
  std::vector<store::FieldInfo> infos;
  std::vector<std::uint64_t> rows;
  std::vector<std::vector<std::byte>> bytes;

  // A field belongs to the state of the name before its first slash.
  [[nodiscard]] static std::string_view owner(std::string_view field) { return field.substr(0, field.find('/')); }

  void take(std::vector<store::FieldView> const& fields, std::string const& prefix) {
    for (auto const& field : fields) {
      if (!field.info.name.starts_with(prefix)) continue;
      infos.push_back(field.info);
      infos.back().name.erase(0, prefix.size());
      rows.push_back(field.rows);
      std::vector<std::byte> scratch;
      auto const there = field.in_memory(scratch);
      bytes.emplace_back(there.begin(), there.end());
    }
  }
  [[nodiscard]] std::vector<store::FieldView> of(std::string_view name) const {
    std::vector<store::FieldView> found;
    for (std::size_t i = 0; i < infos.size(); ++i)
      if (owner(infos[i].name) == name) found.push_back({infos[i], rows[i], bytes[i]});
    return found;
  }
  void drop(std::string_view name) {
    for (std::size_t i = infos.size(); i-- > 0;) {
      if (owner(infos[i].name) != name) continue;
      infos.erase(infos.begin() + static_cast<std::ptrdiff_t>(i));
      rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
      bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  // What the program has not come to yet stays part of checkpoints.
  void visit(StateVisitor& visitor) const {
    for (std::size_t i = 0; i < infos.size(); ++i) visitor.visit(infos[i], rows[i], bytes[i]);
  }
};

// Puts a prefix before the names of what is visited.
class Prefixed final : public StateVisitor {
 public:
  Prefixed(StateVisitor& visitor, std::string prefix) : visitor_(visitor), prefix_(std::move(prefix)) {}
  [[nodiscard]] bool wants_bytes() const override { return visitor_.wants_bytes(); }
  [[nodiscard]] bool wants_archives() const override { return visitor_.wants_archives(); }
  void visit(store::FieldInfo const& info, std::uint64_t rows, std::span<std::byte const> bytes) override {
    auto named = info;
    named.name.insert(0, prefix_);
    visitor_.visit(named, rows, bytes);
  }

 private:
  StateVisitor& visitor_;
  std::string prefix_;
};

}  // namespace

class DrivenRun::Kernels final : public HostedKernels {
 public:
  [[nodiscard]] std::string name() const override { return "datasets"; }
  [[nodiscard]] std::string doing() const override { return stage_ == nullptr ? name() : stage_->name; }
  [[nodiscard]] bool state_grows() const override { return true; }
  [[nodiscard]] std::uint32_t version() const override { return 1; }
  void resize(std::size_t slots, int) override { held_.resize(slots); }
  void construct(std::size_t, Partition) override {}
  void bind_halos(std::size_t, HaloRegistry&) override {}

  // `number` tells stages of one name apart.
  void set_stage(Stage const& stage, std::int64_t number) {
    stage_ = &stage;
    mark_ = base::hash_text(stage.name) + static_cast<std::uint64_t>(number);
  }

  Vote step(std::size_t slot, StepFrame& frame) override {
    frame.outgoing->clear();
    auto& bytes = *frame.contribution;
    bytes.resize(sizeof mark_);
    std::memcpy(bytes.data(), &mark_, sizeof mark_);
    if (stage_->step) stage_->step(slot, frame);
    return Vote::go_on;
  }

  void fold(std::span<std::span<std::byte const> const> contributions) override {
    std::vector<std::span<std::byte const>> rest;
    for (auto const bytes : contributions) {
      if (std::memcmp(bytes.data(), &mark_, sizeof mark_) != 0)
        throw std::logic_error("ranks are at different steps of the program; here it is \"" + stage_->name +
                               "\": what a driver does may not depend on the rank, on time or on chance");
      rest.push_back(bytes.subspan(sizeof mark_));
    }
    if (stage_->fold) stage_->fold(rest);
  }

  void visit(std::size_t slot, std::span<Segment const>, StateVisitor& visitor) override {
    Prefixed prefixed(visitor, state_prefix);
    for (auto const& [name, state] : named)
      if (state.visit) state.visit(slot, prefixed);
    held_[slot].visit(prefixed);
  }
  void visit_aggregate(StateVisitor& visitor) override {
    Prefixed prefixed(visitor, value_prefix);
    for (auto const& [name, state] : named)
      if (state.visit_replicated) state.visit_replicated(prefixed);
    value_.visit(prefixed);
    auto const& known = inputs_.size() < inputs_before_.size() ? inputs_before_ : inputs_;
    if (!known.empty())
      prefixed.visit({later_inputs, base::ElementType::u8, {}, false}, known.size(), std::as_bytes(std::span(known)));
  }
  // Only what a run begins with: when kernels are remade on the way, named state is where it was.
  void load(std::size_t slot, std::vector<store::FieldView> const& fields) override {
    if (begun()) return;
    held_[slot].take(fields, state_prefix);
  }
  void load_aggregate(std::vector<store::FieldView> const& fields) override {
    if (begun()) return;
    value_.take(fields, value_prefix);
    for (auto const& field : value_.of(later_inputs))
      inputs_before_.assign(reinterpret_cast<char const*>(field.bytes.data()), field.bytes.size());
    value_.drop(later_inputs);
  }
  [[nodiscard]] bool has_loaded_mail(std::size_t) const override { return false; }
  void write(std::size_t, Partition, ResultColumns&) const override {}

  // Whether the checkpoint knows the same so far. Checkpoints keep what was known of inputs not opened again yet.
  [[nodiscard]] bool add_input(std::string const& digest) {
    inputs_ += digest + '\n';
    auto const n = std::min(inputs_.size(), inputs_before_.size());
    return inputs_.compare(0, n, inputs_before_, 0, n) == 0;
  }
  [[nodiscard]] std::string const& inputs() const { return inputs_; }
  [[nodiscard]] std::string const& inputs_before() const { return inputs_before_; }
  // The program goes on with what it made of it.
  void drop(std::string const& name) {
    for (auto& held : held_) held.drop(name);
    value_.drop(name);
  }
  [[nodiscard]] HeldFields const& held(std::size_t slot) const { return held_[slot]; }
  [[nodiscard]] HeldFields const& value() const { return value_; }

  std::map<std::string, NamedState> named;

 private:
  [[nodiscard]] bool begun() const { return stage_ != nullptr; }

  Stage const* stage_ = nullptr;
  std::uint64_t mark_ = 0;
  std::string inputs_, inputs_before_;  // in this launch; in the checkpoint
  std::vector<HeldFields> held_;
  HeldFields value_;
};

DrivenRun::DrivenRun(World& world, RunSettings settings, Ownership& ownership, Watch& watch)
    : world_(world), watch_(watch), settings_(std::move(settings)), kernels_(std::make_unique<Kernels>()) {
  refuse_idle_ranks(world, settings_);
  memory_ = std::make_shared<Memory>(world, settings_);
  if (world.ranks() > 1) world.agreement().announce_from_now_on();
  supersteps_ = std::make_unique<Supersteps>(world, settings_, *kernels_, ownership, watch, memory_.get());
  supersteps_->begin();
}

DrivenRun::~DrivenRun() = default;

Placement const& DrivenRun::placement() const noexcept { return supersteps_->placement(); }

std::vector<PartitionId> const& DrivenRun::mine() const noexcept { return supersteps_->mine(); }

RunOutcome DrivenRun::stopped() const {
  auto outcome = supersteps_->outcome();
  outcome.memory = memory_->figures();
  outcome.verbs = verbs_;
  return outcome;
}

bool DrivenRun::superstep(Stage const& stage) {
  kernels_->set_stage(stage, stages_++);
  auto const begun = base::monotonic_seconds();
  bool const goes_on = supersteps_->next() == Next::go_on;
  note_verb(stage.name, base::monotonic_seconds() - begun);
  return goes_on;
}

void DrivenRun::note_verb(std::string const& name, double seconds) {
  auto found = std::find_if(verbs_.begin(), verbs_.end(), [&](auto const& verb) { return verb.name == name; });
  if (found == verbs_.end()) found = verbs_.insert(found, {name});
  ++found->supersteps;
  found->seconds += seconds;
}

void DrivenRun::name(std::string const& name, NamedState state) {
  if (name.empty() || name.find('/') != std::string::npos || name == later_inputs)
    throw Misuse("\"" + name + "\" cannot name a state: it becomes part of a checkpoint's paths");
  if (!kernels_->named.emplace(name, std::move(state)).second)
    throw Misuse("two states of this program are called \"" + name + "\"");
  kernels_->drop(name);
}

// A rank whose partitions are empty may hold no field of it: then others tell.
bool DrivenRun::restored(std::string const& name) const {
  if (supersteps_->resumed_from() < 0) return false;
  bool here = !kernels_->value().of(name).empty();
  for (std::size_t slot = 0; slot < mine().size(); ++slot) here = here || !kernels_->held(slot).of(name).empty();
  world_.together(Site::restore, "restore " + name, [] {});  // a rank that failed before says so here
  auto const all = world_.communicator().all_gather(here ? "yes" : "");
  return std::any_of(all.begin(), all.end(), [](auto const& said) { return !said.empty(); });
}

std::vector<store::FieldView> DrivenRun::restored_fields(std::string const& name, std::size_t slot) const {
  return kernels_->held(slot).of(name);
}

std::vector<store::FieldView> DrivenRun::restored_value(std::string const& name) const {
  return kernels_->value().of(name);
}

void DrivenRun::add_input(std::string const& digest) {
  if (!kernels_->add_input(digest))
    throw ForeignCheckpoint(settings_.checkpoint_dir, "an input opened on the way", kernels_->inputs(),
                            kernels_->inputs_before());
}

void DrivenRun::settle_checkpoints() { supersteps_->settle_checkpoints(); }

void DrivenRun::add_to_digest(base::Digest const& digest) { digest_.add(digest); }

RunOutcome DrivenRun::close() {
  supersteps_->finish_checkpoints();
  auto outcome = stopped();
  outcome.digest = base::to_hex(digest_.finish());
  watch_.note_digest(outcome.digest);
  return outcome;
}

}  // namespace pel::engine
