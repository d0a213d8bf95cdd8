#include "engine/epoch_writer.hpp"

#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/machine.hpp"
#include "pel/error.hpp"
#include "store/manifest.hpp"

namespace pel::engine {

EpochWriter::EpochWriter(World& world, Placement const& placement, RunSettings const& settings, HostedKernels& kernels,
                         Ownership& ownership)
    : world_(world),
      placement_(placement),
      settings_(settings),
      ownership_(ownership),
      mine_(placement.partitions_of(world.rank())),
      state_(world, kernels, mine_) {}

EpochWriter::~EpochWriter() = default;

void EpochWriter::set_home(store::CheckpointDirectory directory, store::Identity identity) {
  directory_.emplace(std::move(directory));
  identity_ = std::move(identity);
}

void EpochWriter::reach(char const* point) const { world_.fault().reach(point, world_.rank(), now_.superstep); }

void EpochWriter::prepare() {
  auto const bytes = snapshots_[0].room();
  if (bytes == 0 || settings_.checkpoint_mode == CheckpointMode::sync) return;
  writer_.post([this, bytes] {
    try {
      snapshots_[1].reserve(bytes);
    } catch (std::bad_alloc const&) {  // then the snapshot itself will say so
    }
  });
}

// Two snapshots where memory allows it: what fits on the poorest rank is what all do.
void EpochWriter::agree_on_buffers() {
  auto const fits = 2 * snapshots_[0].bytes() <= base::memory_available() / 2 + snapshots_[1].room();
  bool const two = settings_.checkpoint_mode == CheckpointMode::async && fits;
  buffers_ = 2;
  for (auto const& answer : world_.communicator().all_gather(std::string(two ? "2" : "1")))
    if (answer == "1") buffers_ = 1;
  if (settings_.checkpoint_mode == CheckpointMode::async && buffers_ == 1)
    world_.log().warn("memory for one snapshot only: a checkpoint that is due while another is written is left out");
}

bool EpochWriter::begin(std::int64_t superstep, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake) {
  if (next_ || (phase_ != Phase::idle && buffers_ == 1)) return false;
  auto const started = base::monotonic_seconds();
  UnderWay made{superstep, phase_ == Phase::idle ? now_.buffer : 1 - now_.buffer, started, 0};
  world_.fault().reach("agreed", world_.rank(), superstep);
  state_.take(superstep, mailroom, awake, snapshots_.at(made.buffer));
  world_.fault().reach("snapshot", world_.rank(), superstep);
  if (buffers_ == 0) agree_on_buffers();
  figures_.bytes = snapshots_.at(made.buffer).bytes();
  made.blocked = base::monotonic_seconds() - started;
  figures_.blocked_seconds += made.blocked;
  next_ = made;
  if (phase_ == Phase::idle) start();
  if (settings_.checkpoint_mode == CheckpointMode::sync) {
    auto const threads = static_cast<std::size_t>(world_.workers().threads());
    world_.workers().for_each(threads, [&](std::size_t, int) { sums_->help(); });
    complete();
    auto const whole = base::monotonic_seconds() - started;
    figures_.blocked_seconds += whole - made.blocked;
    figures_.last_blocked = whole;
  }
  return true;
}

void EpochWriter::start() {
  now_ = *std::exchange(next_, std::nullopt);
  phase_ = Phase::writing;
  sums_ = std::make_unique<store::BlockSums>(store::slices_of(snapshots_.at(now_.buffer)));
  writer_.wait();  // prepare() may still run
  writer_.post([this] { write_part(); });
}

void EpochWriter::write_part() noexcept {
  failure_.clear();
  failure_code_ = 0;
  part_.reset();
  try {
    auto const folder = directory_->begin(now_.superstep);
    std::optional<store::EarlierPart> earlier;
    if (committed_part_)
      earlier = {directory_->committed(committed_part_epoch_), committed_part_epoch_, &*committed_part_};
    store::PartHeading const heading{settings_.app, now_.superstep, placement_.partitions(), world_.rank(),
                                     world_.ranks()};
    part_ = store::write_part(
        folder / store::part_name(static_cast<std::size_t>(world_.rank())), heading, snapshots_.at(now_.buffer), *sums_,
        earlier, [this](char const* point) { reach(point); },
        settings_.checkpoint_compress ? store::Compress::zstd : store::Compress::off);
  } catch (WriteFailed const& failed) {
    failure_ = failed.what();
    failure_code_ = failed.code;
  } catch (std::exception const& error) {
    failure_ = error.what();
    failure_code_ = EIO;
  }
  if (!failure_.empty()) sums_->finish();
}

void EpochWriter::report(Report& report) {
  if (phase_ == Phase::writing && writer_.idle()) report.all |= flag::part_finished;
  if (phase_ != Phase::committing || world_.rank() != 0 || !writer_.idle()) return;
  if (fatal_) {
    report.failure = encode_failure(fatal_, world_.where("", "commit", now_.superstep));
    return;
  }
  report.any |= verdict_ == Verdict::ours       ? flag::epoch_committed
                : verdict_ == Verdict::anothers ? flag::epoch_there_already
                                                : flag::epoch_dropped;
}

void EpochWriter::advance(Agreed const& agreed) {
  if (phase_ == Phase::writing && (agreed.all & flag::part_finished) != 0) {
    gather_parts();
  } else if (phase_ == Phase::committing) {
    if ((agreed.any & flag::epoch_committed) != 0) settle(Verdict::ours);
    if ((agreed.any & flag::epoch_there_already) != 0) settle(Verdict::anothers);
    if ((agreed.any & flag::epoch_dropped) != 0) settle(Verdict::dropped);
  }
  if (phase_ == Phase::idle && next_) start();
}

// All parts are written, or have failed; rank 0 hears which, and commits or drops.
void EpochWriter::gather_parts() {
  auto const started = base::monotonic_seconds();
  nlohmann::json mine;
  if (part_)
    mine = {{"part", store::to_text(part_->summary)}};
  else
    mine = {{"failure", failure_}, {"code", failure_code_}};
  auto const texts =
      world_.communicator().all_gather(mine.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  store::Manifest manifest{identity_, now_.superstep, placement_.partitions(), settings_.app, {}};
  std::string failure;
  figures_.no_space = false;
  for (auto const& text : texts) {
    auto const json = nlohmann::json::parse(text);
    if (json.contains("part")) {
      manifest.parts.push_back(store::part_from(json.at("part")));
      continue;
    }
    if (failure.empty()) failure = json.at("failure");
    figures_.no_space = figures_.no_space || json.at("code") == ENOSPC || json.at("code") == EDQUOT;
  }
  phase_ = Phase::committing;
  if (world_.rank() == 0) {
    reach("gathered");
    failure_ = failure;
    writer_.post([this, manifest = std::move(manifest)] { commit(manifest); });
  }
  figures_.blocked_seconds += base::monotonic_seconds() - started;
}

// On rank 0's thread.
void EpochWriter::commit(store::Manifest const& manifest) noexcept {
  verdict_ = Verdict::dropped;
  try {
    if (failure_.empty()) {
      bool const ours = directory_->commit(
          manifest, [this](char const* point) { reach(point); }, [this] { ownership_.check(); });
      verdict_ = ours ? Verdict::ours : Verdict::anothers;
      directory_->retain(settings_.checkpoint_keep);
      reach("trashed");
      return;
    }
  } catch (LostLease const&) {
    fatal_ = std::current_exception();
  } catch (WriteFailed const& failed) {
    failure_ = failed.what();
    figures_.no_space = failed.code == ENOSPC || failed.code == EDQUOT;
  } catch (std::exception const& error) {
    failure_ = error.what();
  }
  if (verdict_ != Verdict::dropped) return;  // what failed came after the commit
  directory_->abandon(now_.superstep);
  if (figures_.no_space) directory_->retain(1);
}

void EpochWriter::settle(Verdict verdict) {
  phase_ = Phase::idle;
  last_committed_ = verdict != Verdict::dropped;
  auto const took = base::monotonic_seconds() - now_.taken;
  if (!last_committed_) {
    ++figures_.failed;
    world_.log().warn("no checkpoint of superstep " + std::to_string(now_.superstep) +
                      ", the job goes on: " + failure_);
    return;
  }
  figures_.newest = now_.superstep;
  ++figures_.committed;
  figures_.last_blocked = now_.blocked;
  figures_.last_durable = took;
  committed_part_.reset();
  if (verdict == Verdict::ours) committed_part_ = std::move(part_);
  committed_part_epoch_ = now_.superstep;
  world_.log().info("checkpoint superstep " + std::to_string(now_.superstep) + " committed, " +
                    std::to_string(static_cast<std::int64_t>(took * 1e3)) + " ms");
}

bool EpochWriter::complete() {
  while (phase_ != Phase::idle || next_) {
    if (phase_ == Phase::idle) start();
    writer_.wait();
    if (phase_ == Phase::writing) gather_parts();
    writer_.wait();
    std::string verdict;
    world_.together(Site::commit, "commit", [&] {
      if (fatal_) std::rethrow_exception(fatal_);
      verdict = std::to_string(static_cast<int>(verdict_));
    });
    settle(static_cast<Verdict>(std::stoi(world_.communicator().broadcast(verdict, 0))));
  }
  return last_committed_;
}

}  // namespace pel::engine
