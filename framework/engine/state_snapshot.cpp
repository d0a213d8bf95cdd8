#include "engine/state_snapshot.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <new>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "base/streaming_copy.hpp"
#include "store/part_index.hpp"

namespace pel::engine {

// How much visits may hold on to, in all.
class StateSnapshot::Allowance {
 public:
  explicit Allowance(std::uint64_t bytes) : bytes_(bytes), left_(bytes) {}
  [[nodiscard]] bool take(std::uint64_t bytes) {
    auto left = left_.load();
    while (bytes <= left)
      if (left_.compare_exchange_weak(left, left - bytes)) return true;
    exceeded_ = true;
    return false;
  }
  [[nodiscard]] bool exceeded() const { return exceeded_; }
  [[nodiscard]] std::uint64_t taken() const { return bytes_ - left_; }

 private:
  std::uint64_t bytes_;
  std::atomic<std::uint64_t> left_;
  std::atomic<bool> exceeded_{false};
};

// Learns what there is; keeps what is archived, as far as it is allowed.
class StateSnapshot::Planner final : public StateVisitor {
 public:
  Planner(std::vector<Planned>& planned, Allowance& allowance) : planned_(planned), allowance_(allowance) {}
  [[nodiscard]] bool wants_bytes() const override { return false; }
  [[nodiscard]] bool wants_archives() const override { return true; }
  [[nodiscard]] bool may_keep(std::uint64_t bytes) override { return allowance_.take(bytes); }
  void visit(store::FieldInfo const& info, std::uint64_t rows, std::span<std::byte const> bytes) override {
    planned_.push_back({info, rows, {}});
    if (info.opaque && may_keep(bytes.size())) planned_.back().archive.assign(bytes.begin(), bytes.end());
  }

 private:
  std::vector<Planned>& planned_;
  Allowance& allowance_;
};

// Hands a partition's fields on with their places, in the order of the plan.
class StateSnapshot::Follower final : public StateVisitor {
 public:
  enum class Archives { planned, made_again };
  using Found = std::function<void(Planned const&, std::span<std::byte const>)>;
  Follower(std::vector<Planned> const& planned, Archives archives, Found found)
      : planned_(planned), archives_(archives), found_(std::move(found)) {}
  [[nodiscard]] bool wants_bytes() const override { return true; }
  [[nodiscard]] bool wants_archives() const override { return archives_ == Archives::made_again; }
  [[nodiscard]] bool may_keep(std::uint64_t) override { return archives_ == Archives::planned; }
  void visit(store::FieldInfo const& info, std::uint64_t rows, std::span<std::byte const> bytes) override {
    take_planned_archives();
    if (at_ == planned_.size() || planned_[at_].info != info || planned_[at_].rows != rows)
      throw std::logic_error("serialize() names other fields, or " + info.name +
                             " of another size, when it is called a second time");
    found_(planned_[at_], bytes);
    ++at_;
  }
  void finish() {
    take_planned_archives();
    if (at_ != planned_.size())
      throw std::logic_error("serialize() names " + planned_[at_].info.name + " only when it is called first");
  }

 private:
  void take_planned_archives() {
    if (archives_ == Archives::made_again) return;
    for (; at_ < planned_.size() && planned_[at_].info.opaque; ++at_) found_(planned_[at_], planned_[at_].archive);
  }

  std::vector<Planned> const& planned_;
  Archives archives_;
  Found found_;
  std::size_t at_ = 0;
};

namespace {

store::FieldInfo vote_info() { return {vote_field, base::ElementType::u8, {}, false}; }

std::vector<std::size_t> numbers_to(std::size_t n) {
  std::vector<std::size_t> numbers(n);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

}  // namespace

void StateSnapshot::plan(std::size_t slot, std::span<Segment const> inbox, Allowance& allowance) {
  slots_[slot].clear();
  Planner planner(slots_[slot], allowance);
  kernels_.visit(slot, inbox, planner);
  planner.visit(vote_info(), 1, {});
  if (index(mine_[slot]) == 0) kernels_.visit_aggregate(planner);
}

void StateSnapshot::follow(std::size_t slot, Moment const& moment, Follower&& follower) {
  kernels_.visit(slot, moment.mailroom.inbox(slot), follower);
  follower.visit(vote_info(), 1, std::as_bytes(std::span(&moment.awake[slot], 1)));
  if (index(mine_[slot]) == 0) kernels_.visit_aggregate(follower);
  follower.finish();
}

void StateSnapshot::copy(Moment const& moment, Report& report, store::Snapshot& into) {
  world_.guarded(report, where(moment.superstep), mine_, numbers_to(mine_.size()), [&](std::size_t slot, int) {
    follow(slot, moment,
           Follower(slots_[slot], Follower::Archives::planned,
                    [&](Planned const& planned, std::span<std::byte const> bytes) {
                      base::streaming_copy(bytes, into.slice(planned.field, planned.slice));
                    }));
  });
}

void StateSnapshot::show(Moment const& moment, Report& report, Shown const& shown) {
  world_.guarded(report, where(moment.superstep), mine_, numbers_to(mine_.size()), [&](std::size_t slot, int worker) {
    follow(slot, moment,
           Follower(slots_[slot], Follower::Archives::made_again,
                    [&](Planned const& planned, std::span<std::byte const> bytes) {
                      shown(worker, planned.field, planned.slice, bytes);
                    }));
  });
}

// The plans of all slots, field by field; each then knows its place there.
std::vector<store::FieldPlan> StateSnapshot::merge() {
  std::vector<store::FieldPlan> merged;
  std::map<std::string, std::size_t> at;
  for (std::size_t slot = 0; slot < mine_.size(); ++slot)
    for (auto& field : slots_[slot]) {
      auto const [known, is_new] = at.emplace(field.info.name, merged.size());
      if (is_new) merged.push_back({field.info, {}});
      auto& plan = merged[known->second];
      if (plan.info != field.info)
        throw std::logic_error("serialize() gives " + field.info.name + " another type in some partitions");
      field.field = known->second;
      field.slice = plan.slices.size();
      plan.slices.push_back({mine_[slot], field.rows});
    }
  return merged;
}

bool StateSnapshot::take(Moment const& moment, store::Snapshot& into, std::uint64_t most_kept,
                         std::function<bool(Size)> const& room) {
  Report report;
  report.site = Site::save;
  auto const at = where(moment.superstep);
  Allowance allowance(most_kept);
  world_.guarded(report, at, mine_, numbers_to(mine_.size()),
                 [&](std::size_t slot, int) { plan(slot, moment.mailroom.inbox(slot), allowance); });
  try {
    fields_ = merge();
    Size size{0, allowance.taken()};
    for (auto const& field : fields_) size.copied += field.bytes();
    if (report.failure.empty() && !allowance.exceeded() && room(size))
      into.shape(mine_, fields_);
    else
      report.going_on = 1;
  } catch (std::bad_alloc const&) {
    report.going_on = 1;
  } catch (...) {
    report.failure = encode_failure(std::current_exception(), at);
  }
  if (world_.agreement().agree(report).going_on > 0) {
    for (auto& slot : slots_)
      for (auto& planned : slot) planned.archive = {};
    return false;
  }
  report.clear();
  copy(moment, report, into);
  try {
    world_.fault().reach("snapshot", world_.rank(), moment.superstep);
  } catch (...) {
    report.failure = encode_failure(std::current_exception(), at);
  }
  world_.agreement().agree(report);
  forget();
  return true;
}

void StateSnapshot::forget() noexcept {
  for (auto& slot : slots_) slot.clear();
  fields_.clear();
}

std::optional<StateSnapshot::Size> StateSnapshot::size(Mailroom const& mailroom, std::uint64_t most_kept) noexcept try {
  Allowance allowance(most_kept);
  std::vector<std::uint64_t> of_slot(mine_.size());
  std::atomic<bool> failed = false;
  world_.workers().for_each(mine_.size(), [&](std::size_t slot, int) {
    try {
      plan(slot, mailroom.inbox(slot), allowance);
      for (auto const& field : slots_[slot]) of_slot[slot] += field.rows * field.info.row_bytes();
      slots_[slot].clear();
    } catch (...) {
      failed = true;
    }
  });
  if (failed) return std::nullopt;
  return Size{std::accumulate(of_slot.begin(), of_slot.end(), std::uint64_t{0}), allowance.taken()};
} catch (...) {
  return std::nullopt;
}

void StateSnapshot::load(FieldsOf const& fields_of, std::vector<store::FieldView> const& aggregate,
                         std::vector<std::uint8_t>& awake) {
  world_.together(Site::restore, world_.where(kernels_.name(), "restore"), mine_, [&](std::size_t slot, int) {
    auto const fields = fields_of(mine_[slot]);
    kernels_.load(slot, fields);
    for (auto const& field : fields)
      if (field.info.name == vote_field) field.copy_to(std::as_writable_bytes(std::span(&awake[slot], 1)));
  });
  world_.together(Site::restore, "restore", [&] {
    if (!aggregate.empty()) kernels_.load_aggregate(aggregate);
  });
}

std::string StateSnapshot::schema() {
  std::vector<Planned> planned;
  Allowance nothing(0);
  Planner planner(planned, nothing);
  kernels_.visit(0, {}, planner);
  kernels_.visit_aggregate(planner);
  std::string text;
  for (auto const& field : planned) text += (text.empty() ? "" : ", ") + store::to_text(field.info);
  return text;
}

}  // namespace pel::engine
