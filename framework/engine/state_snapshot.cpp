#include "engine/state_snapshot.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <new>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "base/streaming_copy.hpp"
#include "store/part_index.hpp"

namespace pel::engine {

// Learns what there is; keeps what is archived.
class StateSnapshot::Planner final : public StateVisitor {
 public:
  explicit Planner(std::vector<Planned>& planned) : planned_(planned) {}
  [[nodiscard]] bool wants_bytes() const override { return false; }
  [[nodiscard]] bool wants_archives() const override { return true; }
  void visit(store::FieldInfo const& info, std::uint64_t rows, std::span<std::byte const> bytes) override {
    planned_.push_back({info, rows, {}});
    if (info.opaque) planned_.back().archive.assign(bytes.begin(), bytes.end());
  }

 private:
  std::vector<Planned>& planned_;
};

// Copies a partition's fields to their places, in the order of the plan.
class StateSnapshot::Copier final : public StateVisitor {
 public:
  Copier(std::vector<Planned> const& planned, PartitionId partition, store::Snapshot& into)
      : planned_(planned), partition_(partition), into_(into) {}
  [[nodiscard]] bool wants_bytes() const override { return true; }
  [[nodiscard]] bool wants_archives() const override { return false; }
  void visit(store::FieldInfo const& info, std::uint64_t rows, std::span<std::byte const> bytes) override {
    skip_archives();
    if (at_ == planned_.size() || planned_[at_].info != info || planned_[at_].rows != rows)
      throw std::logic_error("serialize() names other fields, or " + info.name +
                             " of another size, when it is called a second time");
    put(info.name, bytes);
    ++at_;
  }
  // The archived fields are copied from the plan.
  void skip_archives() {
    for (; at_ < planned_.size() && planned_[at_].info.opaque; ++at_)
      put(planned_[at_].info.name, planned_[at_].archive);
  }
  void finish() {
    skip_archives();
    if (at_ != planned_.size())
      throw std::logic_error("serialize() names " + planned_[at_].info.name + " only when it is called first");
  }

 private:
  void put(std::string const& name, std::span<std::byte const> bytes) {
    auto const& fields = into_.fields();
    auto const field = std::ranges::find(
        fields, name, [](auto const& plan) -> auto const& { return plan.info.name; });
    auto const slice = std::ranges::lower_bound(field->slices, partition_, {}, &store::SlicePlan::partition);
    auto const to = into_.slice(static_cast<std::size_t>(field - fields.begin()),
                                static_cast<std::size_t>(slice - field->slices.begin()));
    base::streaming_copy(bytes, to);
  }

  std::vector<Planned> const& planned_;
  PartitionId partition_;
  store::Snapshot& into_;
  std::size_t at_ = 0;
};

namespace {

store::FieldInfo vote_info() { return {vote_field, base::ElementType::u8, {}, false}; }

}  // namespace

void StateSnapshot::plan(std::size_t slot, std::span<Segment const> inbox) {
  slots_[slot].clear();
  Planner planner(slots_[slot]);
  kernels_.visit(slot, inbox, planner);
  planner.visit(vote_info(), 1, {});
  if (index(mine_[slot]) == 0) kernels_.visit_aggregate(planner);
}

void StateSnapshot::copy(std::size_t slot, std::span<Segment const> inbox, std::uint8_t awake, store::Snapshot& into) {
  Copier copier(slots_[slot], mine_[slot], into);
  kernels_.visit(slot, inbox, copier);
  copier.visit(vote_info(), 1, std::as_bytes(std::span(&awake, 1)));
  if (index(mine_[slot]) == 0) kernels_.visit_aggregate(copier);
  copier.finish();
}

// The plans of all slots, field by field.
std::vector<store::FieldPlan> StateSnapshot::merge() const {
  std::vector<store::FieldPlan> merged;
  std::map<std::string, std::size_t> at;
  for (std::size_t slot = 0; slot < mine_.size(); ++slot)
    for (auto const& field : slots_[slot]) {
      auto const [known, is_new] = at.emplace(field.info.name, merged.size());
      if (is_new) merged.push_back({field.info, {}});
      auto& plan = merged[known->second];
      if (plan.info != field.info)
        throw std::logic_error("serialize() gives " + field.info.name + " another type in some partitions");
      plan.slices.push_back({mine_[slot], field.rows});
    }
  return merged;
}

bool StateSnapshot::take(std::int64_t superstep, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake,
                         store::Snapshot& into, std::function<bool(std::uint64_t)> const& room) {
  Report report;
  report.site = Site::save;
  auto const where = world_.where(kernels_.name(), "save", superstep);
  std::vector<std::size_t> slots(mine_.size());
  std::iota(slots.begin(), slots.end(), std::size_t{0});
  world_.guarded(report, where, mine_, slots, [&](std::size_t slot, int) { plan(slot, mailroom.inbox(slot)); });
  try {
    auto fields = merge();
    std::uint64_t bytes = 0;
    for (auto const& field : fields) bytes += field.bytes();
    if (report.failure.empty() && room(bytes))
      into.shape(mine_, std::move(fields));
    else
      report.going_on = 1;
  } catch (std::bad_alloc const&) {
    report.going_on = 1;
  } catch (...) {
    report.failure = encode_failure(std::current_exception(), where);
  }
  bool const fits = world_.agreement().agree(report).going_on == 0;
  if (fits) {
    report.clear();
    world_.guarded(report, where, mine_, slots,
                   [&](std::size_t slot, int) { copy(slot, mailroom.inbox(slot), awake[slot], into); });
    try {
      world_.fault().reach("snapshot", world_.rank(), superstep);
    } catch (...) {
      report.failure = encode_failure(std::current_exception(), where);
    }
    world_.agreement().agree(report);
  }
  for (auto& slot : slots_) slot.clear();
  return fits;
}

std::optional<std::uint64_t> StateSnapshot::bytes(Mailroom const& mailroom) noexcept try {
  std::vector<std::uint64_t> of_slot(mine_.size());
  std::atomic<bool> failed = false;
  world_.workers().for_each(mine_.size(), [&](std::size_t slot, int) {
    try {
      plan(slot, mailroom.inbox(slot));
      for (auto const& field : slots_[slot]) of_slot[slot] += field.rows * field.info.row_bytes();
      slots_[slot].clear();
    } catch (...) {
      failed = true;
    }
  });
  if (failed) return std::nullopt;
  return std::accumulate(of_slot.begin(), of_slot.end(), std::uint64_t{0});
} catch (...) {
  return std::nullopt;
}

void StateSnapshot::load(store::Snapshot const& from, std::vector<store::FieldView> const& aggregate,
                         std::vector<std::uint8_t>& awake) {
  world_.together(Site::restore, world_.where(kernels_.name(), "restore"), mine_, [&](std::size_t slot, int) {
    auto const fields = from.of_partition(mine_[slot]);
    kernels_.load(slot, fields);
    for (auto const& field : fields)
      if (field.info.name == vote_field) awake[slot] = std::to_integer<std::uint8_t>(field.bytes[0]);
  });
  world_.together(Site::restore, "restore", [&] {
    if (!aggregate.empty()) kernels_.load_aggregate(aggregate);
  });
}

std::string StateSnapshot::schema() {
  std::vector<Planned> planned;
  Planner planner(planned);
  kernels_.visit(0, {}, planner);
  kernels_.visit_aggregate(planner);
  std::string text;
  for (auto const& field : planned) text += (text.empty() ? "" : ", ") + store::to_text(field.info);
  return text;
}

}  // namespace pel::engine
