#include "engine/restart.hpp"

#include <algorithm>
#include <bit>
#include <boost/version.hpp>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/state_snapshot.hpp"
#include "pel/error.hpp"
#include "store/epoch_names.hpp"
#include "store/file.hpp"

namespace pel::engine {

Restart::Restart(World& world, RunSettings const& settings, HostedKernels& kernels, std::vector<PartitionId> mine,
                 store::CheckpointDirectory directory, std::function<void()> may_change)
    : world_(world),
      settings_(settings),
      kernels_(kernels),
      mine_(std::move(mine)),
      directory_(std::move(directory)),
      may_change_(std::move(may_change)) {}

std::string build_text() {
  return std::string("PEL ") + PEL_VERSION + ", compiler " + __VERSION__ +
#ifdef NDEBUG
         ", without assertions";
#else
         ", with assertions";
#endif
}

void Restart::identify() {
  std::string schema;
  world_.together(Site::construct, "save", [&] {
    schema = kernels_.state_grows() ? "as named on the way" : StateSnapshot(world_, kernels_, mine_).schema();
  });
  std::string parameters;
  for (auto const& [name, value] : settings_.parameters)
    parameters.append(parameters.empty() ? "" : " ").append(name).append("=").append(value);
  identity_ = {{"app", settings_.app},
               {"kernel", kernels_.name() + " version " + std::to_string(kernels_.version())},
               {"partitions", std::to_string(settings_.partitions)},
               {"seed", std::to_string(settings_.seed)},
               {"parameters", parameters},
               {"input", settings_.input_digest},
               {"schema", schema},
               {"byte_order", std::endian::native == std::endian::little ? "little" : "big"},
               {"boost", BOOST_LIB_VERSION}};
}

void Restart::start_afresh() {
  world_.together(Site::start, "checkpoint directory", [&] {
    if (world_.rank() != 0) return;
    may_change_();
    directory_.begin(0);
    directory_.abandon(0);
    if (auto const n = directory_.set_aside(); n > 0)
      world_.log().info(std::to_string(n) + " earlier checkpoints in " + directory_.path().string() +
                        " are put aside (old-…) until this job has one");
  });
}

void Restart::refuse_others() {
  world_.together(Site::start, "whose checkpoints", [&] {
    if (world_.rank() != 0) return;
    for (auto const& epoch : directory_.epochs()) try {
        refuse_foreign(epoch, directory_.parse_manifest(epoch));
      } catch (store::Damaged const&) {  // whose that was nobody knows
      }
  });
}

bool Restart::other_run_has_epochs() {
  std::string found;
  world_.together(Site::restore, "find checkpoints", [&] {
    std::filesystem::path const top(settings_.checkpoint_dir);
    if (world_.rank() != 0) return;
    auto const look = [&](std::filesystem::path const& path) {
      if (path != directory_.path() && !store::CheckpointDirectory(path).epochs().empty()) found = "yes";
    };
    look(top);
    for (auto const& path : store::directories_in(top)) look(path);
  });
  return !world_.communicator().broadcast(found, 0).empty();
}

// As rank 0 sees them, so that all ranks try the same ones in the same order.
std::vector<store::Epoch> Restart::candidates() {
  std::string list;
  world_.together(Site::restore, "restore_list", [&] {
    if (world_.rank() != 0) return;
    nlohmann::json json = nlohmann::json::array();
    for (auto const& epoch : directory_.epochs()) json.push_back({epoch.superstep, epoch.directory.string()});
    list = json.dump();
  });
  std::vector<store::Epoch> epochs;
  for (auto const& entry : nlohmann::json::parse(world_.communicator().broadcast(list, 0)))
    epochs.push_back({entry.at(0).get<std::int64_t>(), entry.at(1).get<std::string>()});
  if (epochs.empty()) expect_none_elsewhere();
  return epochs;
}

// A job may not start afresh because rank 0 alone is without the disk its checkpoints are on.
void Restart::expect_none_elsewhere() {
  std::string seen;
  world_.together(Site::restore, "look for checkpoints", [&] {
    if (auto const mine = directory_.epochs(); !mine.empty()) seen = who() + " sees " + mine.front().directory.string();
  });
  for (auto const& text : world_.communicator().all_gather(seen))
    if (!text.empty())
      world_.together(Site::restore, "restore", [&] {
        throw SystemError("restart", ENOENT,
                          text +
                              ", and rank 0 sees no checkpoint there: nothing was deleted or started; see to it "
                              "that every host has the same directory there");
      });
}

std::string Restart::who() const {
  return "rank " + std::to_string(world_.rank()) + " (host " + world_.communicator().host() + ")";
}

std::optional<std::int64_t> Restart::restore(store::Snapshot& scratch, std::uint64_t room,
                                             std::vector<std::uint8_t>& awake) {
  std::vector<Unreadable> unreadable;
  for (auto const& epoch : candidates()) {
    if (try_epoch(epoch, scratch, room, awake, unreadable)) {
      world_.log().info("resumed from " + epoch.directory.string());
      if (built_by_ != build_text())
        world_.log().warn("that checkpoint was written by another build (" + built_by_ + "), this is " + build_text() +
                          ": the same bits are promised within one build only");
      world_.together(Site::restore, "set aside", [&] {
        if (world_.rank() != 0) return;
        may_change_();
        for (auto const& other : unreadable) directory_.keep_as_bad(other.epoch, store::Damaged::unreadable);
        directory_.set_aside_after(epoch.superstep);
      });
      return epoch.superstep;
    }
  }
  if (!unreadable.empty())
    world_.together(Site::restore, "restore", [&] {
      throw SystemError("restart", EIO,
                        unreadable.front().epoch.directory.string() + " cannot be read, and no other checkpoint is " +
                            "whole: nothing was deleted. " + unreadable.front().reason +
                            ". See to it that every host has that directory and can read it");
    });
  return std::nullopt;
}

// False: some rank cannot use it, so none does.
bool Restart::try_epoch(store::Epoch const& epoch, store::Snapshot& scratch, std::uint64_t room,
                        std::vector<std::uint8_t>& awake, std::vector<Unreadable>& unreadable) {
  Report report;
  report.site = Site::restore;
  std::optional<store::Damaged> damage;
  store::Snapshot aggregate;
  std::optional<StateReader> reader;
  bool copied = false;
  try {
    world_.fault().reach("restore_read", world_.rank(), epoch.superstep);
    reader.emplace(directory_, epoch);
    refuse_foreign(epoch, reader->manifest());
    built_by_ = reader->manifest().build;
    copied = reader->bytes(mine_) <= room;
    if (copied) {
      reader->read(mine_, world_.workers(), scratch);
    } else {
      scratch.release();
      reader->check(mine_, world_.workers());
    }
    reader->read_aggregate(world_.workers(), aggregate);
  } catch (store::Damaged const& damaged) {
    report.going_on = 1;
    damage = damaged;
  } catch (...) {
    report.failure =
        encode_failure(std::current_exception(), world_.where(kernels_.name(), "restore", epoch.superstep));
  }
  if (world_.agreement().agree(report).going_on > 0) {
    pass_over(epoch, damage, unreadable);
    return false;
  }
  world_.together(Site::restore, "restore_agreed", [] {});
  auto const fields_of = [&](PartitionId partition) {
    return copied ? scratch.of_partition(partition) : reader->fields_of(partition);
  };
  StateSnapshot(world_, kernels_, mine_).load(fields_of, aggregate.of_partition(PartitionId{0}), awake);
  return true;
}

// For the reason of the lowest rank that has any; rank 0 says it for all.
void Restart::pass_over(store::Epoch const& epoch, std::optional<store::Damaged> const& mine,
                        std::vector<Unreadable>& unreadable) {
  auto const reason = mine ? nlohmann::json{mine->kind, mine->path.string(), who() + ": " + mine->what()}.dump() : "";
  auto const all = world_.communicator().all_gather(reason);
  auto const first = std::find_if(all.begin(), all.end(), [](std::string const& text) { return !text.empty(); });
  auto const json = nlohmann::json::parse(*first);
  auto const words = json.at(2).get<std::string>();
  auto const kind = kind_for_all(static_cast<int>(first - all.begin()), json.at(0), json.at(1));
  world_.log().warn("checkpoint passed over, trying the one before: " + words);
  if (kind == store::Damaged::unreadable) unreadable.push_back({epoch, words});
  world_.together(Site::restore, "pass over", [&] {
    if (world_.rank() != 0 || kind == store::Damaged::unreadable) return;
    may_change_();
    directory_.keep_as_bad(epoch, kind);
  });
}

// What one rank misses is damage if rank 0 misses it too; else that rank's host lacks the disk, or sees it late.
std::string Restart::kind_for_all(int rank, std::string const& kind, std::string const& path) const {
  if (kind != store::Damaged::missing || rank == 0) return kind;
  auto const seen = world_.rank() == 0 && store::is_missing(path) ? kind : store::Damaged::unreadable;
  return world_.communicator().broadcast(seen, 0);
}

void Restart::refuse_foreign(store::Epoch const& epoch, store::Manifest const& manifest) const {
  for (auto const& [field, ours] : identity_) {
    auto const theirs = std::find_if(manifest.identity.begin(), manifest.identity.end(),
                                     [name = &field](auto const& pair) { return pair.first == *name; });
    auto const value = theirs == manifest.identity.end() ? std::string("absent") : theirs->second;
    if (value != ours) throw ForeignCheckpoint(epoch.directory.string(), field, ours, value);
  }
}

}  // namespace pel::engine
