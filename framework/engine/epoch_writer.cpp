#include "engine/epoch_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/machine.hpp"
#include "engine/restart.hpp"
#include "pel/error.hpp"
#include "store/manifest.hpp"

namespace pel::engine {
namespace {

// For people, so not longer than an attribute may be.
std::string parameters_of(RunSettings const& settings) {
  constexpr std::size_t most = 4000, most_of_one = 500;
  auto json = nlohmann::ordered_json::object();
  std::string text = "{}";
  for (auto const& [name, value] : settings.parameters) {
    json[name] = value.substr(0, most_of_one);
    auto longer = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    if (longer.size() > most) break;
    text = std::move(longer);
  }
  return text;
}

}  // namespace

EpochWriter::EpochWriter(World& world, Placement const& placement, RunSettings const& settings, HostedKernels& kernels,
                         Ownership& ownership)
    : world_(world),
      placement_(placement),
      settings_(settings),
      ownership_(ownership),
      mine_(placement.partitions_of(world.rank())),
      kernels_(kernels),
      state_(world, kernels, mine_) {
  auto const hosts = world.communicator().all_gather(world.communicator().host());
  ranks_here_ = static_cast<int>(std::count(hosts.begin(), hosts.end(), world.communicator().host()));
}

EpochWriter::~EpochWriter() = default;

void EpochWriter::set_home(store::CheckpointDirectory directory, store::Identity identity) {
  directory_.emplace(std::move(directory));
  identity_ = std::move(identity);
}

void EpochWriter::reach(char const* point) const {
  world_.tell_progress();
  world_.fault().reach(point, world_.rank(), now_.superstep);
}

// Snapshots, and what is compressed of one, may take half of the memory that is left, shared with the ranks of this
// host.
std::uint64_t EpochWriter::budget() const {
  auto const held = snapshots_[0].room() + snapshots_[1].room();
  return base::memory_available() / 2 / static_cast<std::uint64_t>(ranks_here_) + held;
}

bool EpochWriter::has_room(std::uint64_t bytes, std::size_t snapshots) const {
  return (snapshots + (settings_.checkpoint_compress ? 1 : 0)) * bytes <= budget();
}

void EpochWriter::restored(std::int64_t superstep) noexcept try {
  figures_.newest = superstep;
  if (world_.rank() == 0)
    writer_.post([this] { directory_->remove_leftovers(settings_.checkpoint_keep, [this] { ownership_.check(); }); });
} catch (std::exception const&) {  // no thread: then they go with the first commit
}

std::uint64_t EpochWriter::room() const {
  writer_.wait();
  return snapshots_[0].room() + snapshots_[1].room();
}

bool EpochWriter::prepare(Mailroom const& mailroom) noexcept try {
  constexpr std::uint64_t gaps = std::uint64_t{1} << 20U;  // between fields
  if (phase_ != Phase::idle || next_) return true;
  if (!writer_.idle()) return false;
  auto const state = state_.bytes(mailroom);
  if (!state) return true;
  auto const bytes = *state + *state / 16 + gaps;
  bool const two = settings_.checkpoint_mode == CheckpointMode::async && has_room(bytes, 2);
  if (!two && !has_room(bytes, 1)) return true;
  writer_.post([this, bytes, two] {
    try {
      snapshots_[0].reserve(bytes);
      if (two) snapshots_[1].reserve(bytes);
    } catch (std::bad_alloc const&) {  // the checkpoint will find out, and say so
    }
  });
  return true;
} catch (std::exception const&) {  // no thread, no memory: the same
  return true;
}

void EpochWriter::agree_on_buffers(std::uint64_t bytes) {
  bool const async = settings_.checkpoint_mode == CheckpointMode::async;
  bool const two = async && has_room(bytes, 2);
  world_.together(Site::save, "snapshots", [] {});
  auto const answers = world_.communicator().all_gather(two ? "2" : "1");
  buffers_ = std::find(answers.begin(), answers.end(), "1") == answers.end() ? 2 : 1;
  if (buffers_ == 1) snapshots_.at(1 - now_.buffer).release();
  auto const mebibytes = [](std::uint64_t n) { return std::to_string(n >> 20U) + " MiB"; };
  world_.log().info("checkpoints take " + std::to_string(buffers_) + (buffers_ == 1 ? " copy" : " copies") +
                    " of the state in memory, " + mebibytes(bytes) +
                    " each on rank 0; their budget there, half of the " + "memory left, is " + mebibytes(budget()));
  if (async && buffers_ == 1)
    world_.log().warn("memory for one snapshot only: a checkpoint that is due while another is written is left out");
}

std::map<std::string, std::uint64_t> EpochWriter::rows_of_job(store::Snapshot const& snapshot) const {
  nlohmann::json mine = nlohmann::json::object();
  for (auto const& field : snapshot.fields()) mine[field.info.name] = field.rows();
  std::map<std::string, std::uint64_t> rows;
  auto const text = mine.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (auto const& other : world_.communicator().all_gather(text)) {
    auto const theirs = nlohmann::json::parse(other);
    for (auto const& [name, count] : theirs.items()) rows[name] += count.get<std::uint64_t>();
  }
  return rows;
}

bool EpochWriter::begin(std::int64_t superstep, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake) {
  if (settings_.checkpoint_mode == CheckpointMode::sync) end_tidying();
  bool const free = phase_ == Phase::idle || phase_ == Phase::tidying;  // the buffer of the epoch begun last
  if (next_ || (!free && buffers_ == 1)) return false;
  auto const started = base::monotonic_seconds();
  if (phase_ == Phase::idle) writer_.wait();  // it may still touch memory
  UnderWay made;
  made.superstep = superstep;
  made.buffer = free ? now_.buffer : 1 - now_.buffer;
  world_.fault().reach("agreed", world_.rank(), superstep);
  bool const taken = state_.take(superstep, mailroom, awake, snapshots_.at(made.buffer), [&](std::uint64_t bytes) {
    return bytes <= snapshots_.at(made.buffer).room() || has_room(bytes, 1);
  });
  if (!taken) {
    ++figures_.failed;
    last_committed_ = false;
    world_.log().warn("no checkpoint of superstep " + std::to_string(superstep) +
                      ", the job goes on: a copy of the state does not fit into half of the memory that is left");
    return true;
  }
  figures_.bytes = snapshots_.at(made.buffer).bytes();
  made.rows = rows_of_job(snapshots_.at(made.buffer));
  made.history = history_.columns();
  auto const blocked = base::monotonic_seconds() - started;
  made.blocked = blocked;
  figures_.blocked_seconds += blocked;
  next_ = std::move(made);
  if (phase_ == Phase::idle) start();
  if (buffers_ == 0) agree_on_buffers(figures_.bytes);
  if (settings_.checkpoint_mode == CheckpointMode::sync) {
    auto const threads = static_cast<std::size_t>(world_.workers().threads());
    world_.workers().for_each(threads, [&](std::size_t, int) { sums_->help(); });
    complete_commits();
    auto const whole = base::monotonic_seconds() - started;
    figures_.blocked_seconds += whole - blocked;
    figures_.last_blocked = whole;
  }
  return true;
}

void EpochWriter::start() {
  now_ = *std::exchange(next_, std::nullopt);
  write_now();
}

void EpochWriter::write_now() {
  phase_ = Phase::writing;
  sums_ = std::make_unique<store::BlockSums>(store::slices_of(snapshots_.at(now_.buffer)));
  writer_.post([this] { write_part(); });
}

void EpochWriter::fail(char const* words, int code) {
  failed_ = true;
  failure_ = *words == '\0' ? "an exception without words" : words;
  failure_code_ = code;
}

void EpochWriter::write_part() noexcept {
  failed_ = false;
  failure_.clear();
  failure_code_ = 0;
  part_.reset();
  auto const started = base::monotonic_seconds();
  try {
    auto const folder = directory_->begin(now_.superstep);
    std::optional<store::EarlierPart> earlier;
    if (committed_part_)
      earlier = {directory_->committed(committed_part_epoch_), committed_part_epoch_, &*committed_part_};
    store::PartHeading const heading{settings_.app, now_.superstep, placement_.partitions(),
                                     world_.rank(), world_.ranks(), parameters_of(settings_),
                                     now_.rows};
    part_ = store::write_part(
        folder / store::part_name(static_cast<std::size_t>(world_.rank())), heading, snapshots_.at(now_.buffer), *sums_,
        earlier, [this](char const* point) { reach(point); },
        settings_.checkpoint_compress ? store::Compress::zstd : store::Compress::off);
  } catch (WriteFailed const& failed) {
    fail(failed.what(), failed.code);
  } catch (std::exception const& error) {
    fail(error.what(), EIO);
  } catch (...) {
    fail("", EIO);
  }
  if (failed_) sums_->finish();
  part_seconds_ = base::monotonic_seconds() - started;
}

void EpochWriter::report(Report& report) {
  if ((phase_ == Phase::writing || phase_ == Phase::tidying) && writer_.idle()) report.all |= flag::part_finished;
  if (phase_ != Phase::committing || world_.rank() != 0 || !writer_.idle()) return;
  if (fatal_) {
    report.failure = encode_failure(fatal_, world_.where("", "commit", now_.superstep));
    return;
  }
  report.any |= verdict_ == Verdict::ours       ? flag::epoch_committed
                : verdict_ == Verdict::anothers ? flag::epoch_there_already
                : verdict_ == Verdict::again    ? flag::epoch_again
                                                : flag::epoch_dropped;
}

void EpochWriter::advance(Agreed const& agreed) {
  if (phase_ == Phase::writing && (agreed.all & flag::part_finished) != 0) {
    gather_parts();
  } else if (phase_ == Phase::tidying && (agreed.all & flag::part_finished) != 0) {
    phase_ = Phase::idle;
  } else if (phase_ == Phase::committing) {
    if ((agreed.any & flag::epoch_committed) != 0) settle(Verdict::ours);
    if ((agreed.any & flag::epoch_there_already) != 0) settle(Verdict::anothers);
    if ((agreed.any & flag::epoch_dropped) != 0) settle(Verdict::dropped);
    if ((agreed.any & flag::epoch_again) != 0) settle(Verdict::again);
  }
  if (phase_ == Phase::idle && next_) start();
}

// All parts are written, or have failed; rank 0 hears which, and commits or drops.
void EpochWriter::gather_parts() {
  auto const started = base::monotonic_seconds();
  nlohmann::json mine;
  if (!failed_)
    mine = {{"part", store::to_text(part_->summary)}, {"seconds", part_seconds_}};
  else
    mine = {{"failure", failure_}, {"code", failure_code_}};
  // A rank that fails elsewhere meanwhile, such as in a fold, joins the others here.
  world_.together(Site::commit, "gather", [] {});
  auto const texts =
      world_.communicator().all_gather(mine.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  store::Manifest manifest{identity_, now_.superstep, placement_.partitions(),  settings_.app,
                           {},        build_text(),   parameters_of(settings_), now_.history};
  bool failed = false;
  double slowest = 0;
  std::string failure;
  figures_.no_space = false;
  for (auto const& text : texts) {
    auto const json = nlohmann::json::parse(text);
    if (json.contains("part")) {
      manifest.parts.push_back(store::part_from(json.at("part")));
      slowest = std::max(slowest, json.at("seconds").get<double>());
      continue;
    }
    if (!std::exchange(failed, true)) failure = json.at("failure");
    figures_.no_space = figures_.no_space || json.at("code") == ENOSPC || json.at("code") == EDQUOT;
  }
  now_.write_seconds += slowest;
  phase_ = Phase::committing;
  tidies_in_commit_ = next_.has_value();
  if (world_.rank() == 0) {
    reach("gathered");
    failed_ = failed;
    failure_ = failure;
    writer_.post([this, manifest = std::move(manifest)] { commit(manifest); });
  }
  figures_.blocked_seconds += base::monotonic_seconds() - started;
}

// On rank 0's thread.
void EpochWriter::commit(store::Manifest const& manifest) noexcept {
  verdict_ = Verdict::dropped;
  auto const started = base::monotonic_seconds();
  bool renamed = false;
  try {
    if (!failed_) {
      auto const reached = [&](char const* point) {
        renamed = renamed || std::string_view(point) == "renamed";
        reach(point);
      };
      bool const ours = directory_->commit(manifest, reached, [this] { ownership_.check(); });
      verdict_ = ours ? Verdict::ours : Verdict::anothers;
      commit_seconds_ = base::monotonic_seconds() - started;
      if (tidies_in_commit_) tidy();
      return;
    }
  } catch (LostLease const& lost) {
    fatal_ = std::current_exception();
    // The other ranks are told at the end of the superstep, but may be dead and make this one wait for ever.
    last_word_.emplace(lost.what(), static_cast<int>(LostLease::exit_code));
  } catch (WriteFailed const& failed) {
    fail(failed.what(), failed.code);
    // An epoch that may not outlast a power loss is no reason to delete older ones.
    figures_.no_space = !renamed && (failed.code == ENOSPC || failed.code == EDQUOT);
  } catch (std::exception const& error) {
    fail(error.what(), EIO);
  } catch (...) {
    fail("", EIO);
  }
  if (verdict_ == Verdict::dropped) give_up_epoch();  // else what failed came after the commit
}

// A disk may take a second to free a large file: the epoch that made others superfluous does not wait for it, the next
// one does, as it may need their room. On rank 0's thread.
void EpochWriter::tidy() noexcept {
  try {
    directory_->retain(settings_.checkpoint_keep, [this] { ownership_.check(); });
    reach("trashed");
  } catch (std::exception const&) {  // a fault that throws: nothing waits for this
  }
}

void EpochWriter::end_tidying() {
  if (phase_ != Phase::tidying) return;
  writer_.wait();
  world_.together(Site::commit, "tidy", [] {});
  phase_ = Phase::idle;
}

// Where the disk is full it may be tried once more, with the newest whole epoch alone beside it.
void EpochWriter::give_up_epoch() noexcept {
  directory_->abandon(now_.superstep);
  if (!figures_.no_space || fatal_ || now_.again) return;
  try {
    if (directory_->make_space([this] { ownership_.check(); })) verdict_ = Verdict::again;
    ownership_.check();  // a launch that lost the directory while epochs were read back goes no further
  } catch (std::exception const&) {
    fatal_ = std::current_exception();
  }
}

void EpochWriter::settle(Verdict verdict) {
  phase_ = Phase::idle;
  last_committed_ = verdict == Verdict::ours || verdict == Verdict::anothers;
  if (verdict == Verdict::again) {
    now_.again = true;
    world_.log().info("no space for the checkpoint of superstep " + std::to_string(now_.superstep) +
                      ": older ones are deleted, and it is tried once more");
    write_now();
    return;
  }
  // Not until it was noticed, which is at the end of a superstep.
  auto const took = now_.blocked + now_.write_seconds + commit_seconds_;
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
  if (verdict == Verdict::ours && !tidies_in_commit_) {
    phase_ = Phase::tidying;
    if (world_.rank() == 0) writer_.post([this] { tidy(); });
  }
  world_.log().info("checkpoint superstep " + std::to_string(now_.superstep) + " committed, " +
                    std::to_string(static_cast<std::int64_t>(took * 1e3)) + " ms");
}

void EpochWriter::complete_commits() {
  while ((phase_ != Phase::idle && phase_ != Phase::tidying) || next_) {
    end_tidying();
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
}

bool EpochWriter::complete() {
  complete_commits();
  end_tidying();
  return last_committed_;
}

}  // namespace pel::engine
