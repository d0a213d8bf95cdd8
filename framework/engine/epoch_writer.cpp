#include "engine/epoch_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/machine.hpp"
#include "engine/failed_checkpoint.hpp"
#include "engine/restart.hpp"
#include "engine/state_stream.hpp"
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
      state_(world, kernels, mine_),
      buffers_(world, settings) {}

EpochWriter::~EpochWriter() = default;

void EpochWriter::set_home(store::CheckpointDirectory directory, store::Identity identity) {
  directory_.emplace(std::move(directory));
  identity_ = std::move(identity);
}

void EpochWriter::reach(char const* point) const {
  world_.tell_progress();
  world_.fault().reach(point, world_.rank(), now_.superstep);
}

void EpochWriter::restored(std::int64_t superstep) noexcept try {
  figures_.newest = superstep;
  if (buffers_.room() > buffers_.budget()) buffers_.release();
  if (world_.rank() == 0)
    writer_.post([this] { directory_->remove_leftovers(settings_.checkpoint_keep, [this] { ownership_.check(); }); });
} catch (std::exception const&) {  // no thread: then they go with the first commit
}

std::uint64_t EpochWriter::room() const {
  writer_.wait();
  return buffers_.room();
}

bool EpochWriter::prepare(Mailroom const& mailroom) noexcept try {
  constexpr std::uint64_t gaps = std::uint64_t{1} << 20U;  // between fields
  if (phase_ != Phase::idle || next_) return true;
  if (!writer_.idle()) return false;
  auto const state = state_.size(mailroom, buffers_.budget());
  if (!state) return true;
  auto const bytes = state->copied + state->copied / 16 + gaps;
  bool const two = settings_.checkpoint_mode == CheckpointMode::async && buffers_.has_room(bytes, state->kept, 2);
  if (!two && !buffers_.has_room(bytes, state->kept, 1)) return true;
  writer_.post([this, bytes, two] {
    try {
      buffers_.reserve(bytes, two ? 2 : 1);
    } catch (std::bad_alloc const&) {  // the checkpoint will find out, and say so
    }
  });
  return true;
} catch (std::exception const&) {  // no thread, no memory: the same
  return true;
}

std::map<std::string, std::uint64_t> EpochWriter::rows_of_job(std::vector<store::FieldPlan> const& fields) const {
  nlohmann::json mine = nlohmann::json::object();
  for (auto const& field : fields) mine[field.info.name] = field.rows();
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
  if (next_ || (!free && buffers_.count() == 1)) return false;
  auto const started = base::monotonic_seconds();
  if (phase_ == Phase::idle) writer_.wait();  // it may still touch memory
  Moment const moment{superstep, mailroom, awake};
  UnderWay made;
  made.superstep = superstep;
  made.buffer = free ? now_.buffer : 1 - now_.buffer;
  world_.fault().reach("agreed", world_.rank(), superstep);
  std::uint64_t kept = 0;
  bool const taken = state_.take(moment, buffers_[made.buffer], buffers_.budget(), [&](StateSnapshot::Size size) {
    kept = size.kept;
    return buffers_.fits(made.buffer, size.copied, kept, /*other_in_use=*/!free);
  });
  if (!taken && !free) {
    buffers_.keep_only(now_.buffer);
    state_.forget();
    return false;
  }
  auto const& snapshot = buffers_[made.buffer];
  made.rows = rows_of_job(taken ? snapshot.fields() : state_.fields());
  made.history = history_.columns();
  if (!taken) {
    write_streamed(std::move(made), moment, started);
    return true;
  }
  figures_.bytes = snapshot.bytes();
  figures_.memory_bytes = std::max(figures_.memory_bytes, buffers_.room());
  auto const blocked = base::monotonic_seconds() - started;
  made.blocked = blocked;
  figures_.blocked_seconds += blocked;
  next_ = std::move(made);
  if (phase_ == Phase::idle) start();
  if (buffers_.count() == 0) buffers_.agree(figures_.bytes, kept, now_.buffer);
  if (settings_.checkpoint_mode == CheckpointMode::sync) {
    auto const threads = static_cast<std::size_t>(world_.workers().threads());
    world_.workers().for_each(threads, [&](std::size_t, int) { sums_->help(); });
    complete_now(started, blocked);
  }
  return true;
}

// While the supersteps wait; of the seconds since `started` so many are counted already.
void EpochWriter::complete_now(double started, double counted) {
  complete_commits();
  auto const whole = base::monotonic_seconds() - started;
  figures_.blocked_seconds += whole - counted;
  figures_.last_blocked = whole;
}

void EpochWriter::write_streamed(UnderWay made, Moment const& moment, double started) {
  figures_.bytes = 0;
  for (auto const& field : state_.fields()) figures_.bytes += field.bytes();
  end_tidying();
  explain_streaming();
  buffers_.release();
  made.blocked = base::monotonic_seconds() - started;
  next_ = std::move(made);
  streamed_.emplace(moment);
  start();
  complete_now(started, 0);
  streamed_.reset();
  state_.forget();
}

void EpochWriter::explain_streaming() {
  if (std::exchange(streaming_explained_, true)) return;
  auto const mebibytes = [](std::uint64_t n) { return std::to_string(n >> 20U) + " MiB"; };
  world_.log().warn("checkpoints are written while the supersteps wait, straight from the state: a copy of it, " +
                    mebibytes(figures_.bytes) + " on rank 0, is more than their memory on some rank, there " +
                    mebibytes(buffers_.budget()) +
                    (settings_.checkpoint_memory
                         ? " by --checkpoint-memory; a larger one lets them be written beside the supersteps"
                         : ", half of what is left; more memory, or fewer ranks a host, let them be written "
                           "beside the supersteps, and so may a larger --checkpoint-memory"));
}

void EpochWriter::start() {
  now_ = *std::exchange(next_, std::nullopt);
  write_now();
}

void EpochWriter::write_now() {
  phase_ = Phase::writing;
  if (streamed_) return stream_part();
  sums_ = std::make_unique<store::BlockSums>(store::slices_of(buffers_[now_.buffer]));
  writer_.post([this] { write_part(); });
}

void EpochWriter::fail(char const* words, int code) {
  failed_ = true;
  failure_ = *words == '\0' ? "an exception without words" : words;
  failure_code_ = code;
}

void EpochWriter::note_failure(std::exception_ptr const& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (WriteFailed const& failed) {
    fail(failed.what(), failed.code);
  } catch (std::exception const& error) {
    fail(error.what(), EIO);
  } catch (...) {
    fail("", EIO);
  }
}

// Writes a part, or notes why there is none.
template <class Work>
void EpochWriter::attempt(Work const& work) noexcept {
  failed_ = false;
  failure_.clear();
  failure_code_ = 0;
  part_.reset();
  auto const started = base::monotonic_seconds();
  try {
    work();
  } catch (...) {
    note_failure(std::current_exception());
  }
  part_seconds_ = base::monotonic_seconds() - started;
}

store::PartHeading EpochWriter::heading() const {
  return {settings_.app, now_.superstep, placement_.partitions(),
          world_.rank(), world_.ranks(), parameters_of(settings_),
          now_.rows};
}

std::filesystem::path EpochWriter::part_path() const {
  return directory_->begin(now_.superstep) / store::part_name(static_cast<std::size_t>(world_.rank()));
}

std::optional<store::EarlierPart> EpochWriter::earlier() const {
  if (!committed_part_) return std::nullopt;
  return store::EarlierPart{directory_->committed(committed_part_epoch_), committed_part_epoch_, &*committed_part_};
}

void EpochWriter::write_part() noexcept {
  attempt([this] {
    part_ = store::write_part(
        part_path(), heading(), buffers_[now_.buffer], *sums_, earlier(), [this](char const* point) { reach(point); },
        settings_.checkpoint_compress ? store::Compress::zstd : store::Compress::off);
  });
  if (failed_) sums_->finish();
}

void EpochWriter::stream_part() {
  auto const started = base::monotonic_seconds();
  auto streamed = engine::stream_part(world_, state_, *streamed_, earlier(), [this] {
    return std::make_unique<store::PartStream>(part_path(), heading(), mine_, state_.fields(),
                                               [this](char const* point) { reach(point); });
  });
  attempt([&] {
    if (streamed.failure) std::rethrow_exception(streamed.failure);
    part_ = std::move(streamed.part);
  });
  part_seconds_ = base::monotonic_seconds() - started;
  figures_.memory_bytes = std::max(figures_.memory_bytes, streamed.memory_bytes);
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
  double slowest = 0;
  nlohmann::json failure;  // the first by rank
  figures_.no_space = false;
  for (auto const& text : texts) {
    auto const json = nlohmann::json::parse(text);
    if (json.contains("part")) {
      manifest.parts.push_back(store::part_from(json.at("part")));
      slowest = std::max(slowest, json.at("seconds").get<double>());
      continue;
    }
    if (failure.is_null()) failure = json;
    figures_.no_space = figures_.no_space || json.at("code") == ENOSPC || json.at("code") == EDQUOT;
  }
  now_.write_seconds += slowest;
  phase_ = Phase::committing;
  tidies_in_commit_ = next_.has_value();
  if (world_.rank() == 0) {
    reach("gathered");
    failed_ = !failure.is_null();
    failure_ = failed_ ? failure.at("failure").get<std::string>() : "";
    failure_code_ = failed_ ? failure.at("code").get<int>() : 0;
    writer_.post([this, manifest = std::move(manifest)] { commit(manifest); });
  }
  figures_.blocked_seconds += base::monotonic_seconds() - started;
}

void EpochWriter::end_tidying() {
  if (phase_ != Phase::tidying) return;
  writer_.wait();
  world_.together(Site::commit, "tidy", [] {});
  phase_ = Phase::idle;
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
                      ", the job goes on: " + while_the_job_goes_on(failure_, failure_code_));
    return;
  }
  figures_.newest = now_.superstep;
  ++figures_.committed;
  if (streamed_) ++figures_.streamed;
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
