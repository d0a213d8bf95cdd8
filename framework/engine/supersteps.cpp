#include "engine/supersteps.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/watch.hpp"
#include "pel/error.hpp"

namespace pel::engine {

Supersteps::Supersteps(World& world, RunSettings const& settings, HostedKernels& kernels, Ownership& ownership,
                       Watch& watch, Memory* memory)
    : world_(world),
      watch_(watch),
      settings_(settings),
      kernels_(kernels),
      placement_(Placement::contiguous(settings.partitions, world.ranks())),
      mine_(placement_.partitions_of(world.rank())),
      memory_(memory),
      mailroom_(world, placement_, memory),
      checkpoints_(world, placement_, settings, kernels, ownership, watch),
      halos_(world.workers().threads()),
      awake_(mine_.size(), 1),
      contributions_(mine_.size()),
      published_(mine_.size()) {}

void Supersteps::begin() {
  auto const started = base::monotonic_seconds();
  construct();
  next_ = checkpoints_.first_superstep(awake_);
  outcome_.resumed_from = checkpoints_.resumed_from();
  refresh_halos();
  begun_ = base::monotonic_seconds();
  outcome_.construct_seconds = begun_ - started;
  checkpoints_.prepare(mailroom_);
}

RunOutcome Supersteps::outcome() const {
  auto outcome = outcome_;
  outcome.checkpoints = checkpoints_.summary();
  outcome.checkpoint_seconds = outcome.checkpoints.figures.blocked_seconds;
  outcome.run_seconds = base::monotonic_seconds() - begun_ - saving_seconds_;
  return outcome;
}

Next Supersteps::next() {
  auto const s = next_++;
  auto const started = base::monotonic_seconds();
  auto const& agreed = compute(s);
  if ((agreed.any & flag::given_up) != 0) {
    give_up();
    return Next::stopped;
  }
  watch_.enter(store::Phase::exchange);
  auto failure = fold(s, agreed);
  mailroom_.deliver(agreed);
  if (auto const spilling = mailroom_.take_failure(); spilling && !failure) failure = spilling;
  exchange_halos(agreed);
  if (failure) world_.join_with(failure, world_.where(kernels_.doing(), "fold", s));
  ++outcome_.supersteps;
  outcome_.last_superstep = s;
  watch_.note_superstep(s);
  checkpoints_.note_superstep(s);
  bool const over = agreed.going_on == 0 && agreed.messages == 0;
  auto const wishes = agreed.any;
  checkpoints_.advance(agreed, base::monotonic_seconds() - started);  // the last to look at what was agreed
  if (over) return Next::over;
  if ((wishes & flag::stop) != 0) {
    stop(s);
    return Next::stopped;
  }
  if ((wishes & flag::checkpoint) != 0)
    save([&] { checkpoints_.take(s, (wishes & flag::asked) != 0, mailroom_, awake_); });
  if (settings_.rebuild_at == s) rebuild();
  checkpoints_.prepare(mailroom_);
  return Next::go_on;
}

void Supersteps::construct() {
  kernels_.resize(mine_.size(), world_.workers().threads());
  world_.together(Site::construct, world_.where(kernels_.name(), "construct"), mine_, [&](std::size_t slot, int) {
    kernels_.construct(slot, {mine_[slot], settings_.partitions});
  });
  bind_halos();
}

void Supersteps::refresh_halos() {
  for (auto const& field : halos_.fields()) world_.communicate("halo", [&] { field->refresh(); });
}

void Supersteps::bind_halos() {
  world_.together(Site::construct, "bind halos", [&] {
    for (std::size_t slot = 0; slot < mine_.size(); ++slot) kernels_.bind_halos(slot, halos_);
  });
  auto const mine = halos_.description();
  auto const all = world_.communicator().all_gather(mine);
  world_.together(Site::construct, "halo names", [&] {
    if (std::any_of(all.begin(), all.end(), [&](std::string const& other) { return other != all[0]; }))
      throw std::logic_error("serialize() names halos in another order, or others, in some partitions");
  });
}

void Supersteps::stop(std::int64_t s) {
  save([&] { checkpoints_.take_last(s, mailroom_, awake_); });
  outcome_.stopped = Stopped::with_checkpoint;
}

void Supersteps::give_up() {
  save([&] { checkpoints_.finish(); });
  outcome_.stopped = checkpoints_.newest() >= 0 ? Stopped::with_checkpoint : Stopped::without;
}

std::exception_ptr Supersteps::fold(std::int64_t s, Agreed const& agreed) {
  try {
    world_.fault().reach("fold", world_.rank(), s);
    kernels_.fold(agreed.contributions);
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

void Supersteps::begin_rounds() {
  Rounds::Work work{[this] { exchange_round(); }, [this](auto sent) { return mailroom_.is_too_much(sent); }, {}};
  if (world_.ranks() > 1) work.is_time = [this](auto sent) { return mailroom_.is_time(sent); };
  rounds_.begin(std::move(work), running_.size());
}

Agreed const& Supersteps::compute(std::int64_t s) {
  running_.clear();
  for (std::size_t slot = 0; slot < mine_.size(); ++slot)
    if (awake_[slot] != 0 || !mailroom_.inbox(slot).empty() || kernels_.has_loaded_mail(slot)) running_.push_back(slot);
  for (auto& bytes : contributions_) bytes.clear();
  std::fill(published_.begin(), published_.end(), std::uint64_t{0});
  report_.clear();
  report_.site = Site::superstep;
  where_ = world_.where(kernels_.doing(), "superstep", s);
  given_up_ = false;
  watch_.begin_superstep(s, running_.size(), kernels_.doing() == kernels_.name() ? "" : kernels_.doing());
  if (memory_ != nullptr) begin_rounds();
  world_.guarded(
      report_, where_, mine_, running_,
      [&](std::size_t slot, int worker) {
        if (memory_ != nullptr)
          step_in_rounds(s, slot, worker);
        else
          step(s, slot, worker);
      },
      memory_ != nullptr ? &rounds_ : nullptr);
  if (memory_ != nullptr && rounds_.broken()) std::rethrow_exception(rounds_.broken());
  for (auto const slot : running_) {
    report_.going_on += awake_[slot];
    report_.halos |= published_[slot];
    if (!contributions_[slot].empty()) report_.contributions.push_back({mine_[slot], contributions_[slot]});
  }
  for (std::size_t i = 0; i < halos_.fields().size(); ++i)
    if (halos_.fields()[i]->written()) report_.written |= std::uint64_t{1} << i;
  report_.any = checkpoints_.wishes(s) | (given_up_ ? flag::given_up : 0U);
  return agree_at_end();
}

Agreed const& Supersteps::agree_at_end() {
  for (;;) {
    if (report_.failure.empty()) {
      if (!given_up_) mailroom_.describe(report_);
      checkpoints_.report(report_);
    }
    if (auto const failure = mailroom_.take_failure(); failure && report_.failure.empty())
      report_.failure = encode_failure(failure, where_);
    auto const& agreed = world_.agreement().agree(report_);
    if ((agreed.any & flag::unfinished) == 0) return agreed;
    mailroom_.gather(agreed);
    watch_.advance();
  }
}

void Supersteps::exchange_round() {
  Report report;
  report.site = Site::superstep;
  report.any = flag::unfinished;
  mailroom_.describe(report);
  if (auto const failure = mailroom_.take_failure()) report.failure = encode_failure(failure, where_);
  mailroom_.gather(world_.agreement().agree(report));
  watch_.advance();
}

void Supersteps::step_in_rounds(std::int64_t s, std::size_t slot, int worker) {
  rounds_.enter();
  try {
    step(s, slot, worker);
  } catch (...) {
    mailroom_.outgoing(slot).clear();  // it may be half made, and others go on with their rounds
    rounds_.leave(0);
    throw;
  }
  rounds_.leave(mailroom_.outgoing(slot).size());
}

void Supersteps::step(std::int64_t s, std::size_t slot, int worker) {
  if (watch_.out_of_time()) given_up_ = true;
  if (given_up_) return;
  StepFrame frame;
  frame.number = s;
  frame.partition = {mine_[slot], settings_.partitions};
  frame.seed = settings_.seed;
  frame.worker = worker;
  frame.inbox = mailroom_.inbox(slot);
  frame.stored = mailroom_.stored(slot);
  frame.rounds = memory_ != nullptr ? &rounds_ : nullptr;
  frame.local = mailroom_.local();
  frame.outgoing = &mailroom_.outgoing(slot);
  frame.contribution = &contributions_[slot];
  awake_[slot] = kernels_.step(slot, frame) == Vote::go_on ? 1 : 0;
  published_[slot] = frame.published;
  watch_.partition_done();
}

void Supersteps::exchange_halos(Agreed const& agreed) {
  for (std::size_t i = 0; i < halos_.fields().size(); ++i) {
    auto& field = *halos_.fields()[i];
    if ((agreed.halos >> i & 1U) == 0) {
      field.drop_unpublished(running_);
      continue;
    }
    by_slot_.clear();
    for (auto const bits : published_) by_slot_.push_back(static_cast<std::uint8_t>(bits >> i & 1U));
    bool const shipping = (agreed.written >> i & 1U) != 0;
    world_.communicate("halo", [&] { field.exchange(by_slot_, shipping); });
  }
}

void Supersteps::rebuild() {
  checkpoints_.rebuild(settings_.rebuild_at, mailroom_, awake_, [&] { construct(); });
  refresh_halos();
}

}  // namespace pel::engine
