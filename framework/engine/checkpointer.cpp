#include "engine/checkpointer.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/machine.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

constexpr char const* vote_field = "engine/vote";
constexpr char const* aggregate_prefix = "aggregate/";
constexpr int epochs_kept = 2;

std::string to_text(store::PartSummary const& part) {
  nlohmann::json json{{"file", part.file}, {"bytes", part.bytes}, {"digest", part.digest}};
  for (auto const p : part.partitions) json["partitions"].push_back(index(p));
  return json.dump();
}

store::PartSummary part_from(std::string const& text) {
  auto const json = nlohmann::json::parse(text);
  store::PartSummary part{json.at("file"), json.at("bytes"), json.at("digest"), {}};
  for (std::size_t const p : json.at("partitions")) part.partitions.push_back(partition_id(p));
  return part;
}

// "state/rank float64 [], inbox/key int64 []": what a checkpoint's fields are, by name and type.
std::string schema_of(std::vector<store::Field> const& fields) {
  std::string text;
  for (auto const& field : fields) {
    text += (text.empty() ? "" : ", ") + field.info.name + " ";
    text += field.info.opaque ? "boost-binary" : base::name_of(field.info.type);
    for (auto const extent : field.info.row_shape) text += "x" + std::to_string(extent);
  }
  return text;
}

store::Field vote_of(PartitionId partition, std::uint8_t awake) {
  return {{vote_field, base::ElementType::u8, {}, false}, {{partition, 1, {std::byte{awake}}}}};
}

}  // namespace

Checkpointer::Checkpointer(World& world, Placement const& placement, RunSettings const& settings,
                           HostedKernels& kernels)
    : world_(world),
      placement_(placement),
      settings_(settings),
      kernels_(kernels),
      mine_(placement.partitions_of(world.rank())) {
  if (!settings.checkpoint_dir.empty()) {
    auto path = std::filesystem::path(settings.checkpoint_dir);
    if (!settings.run_name.empty()) path /= settings.run_name;
    directory_.emplace(std::move(path));
  }
}

void Checkpointer::identify() {
  std::string schema;
  world_.together(Site::construct, "save", [&] {
    // The lowest partition of the rank stands for all: a kernel's fields depend on its type.
    auto fields = kernels_.save(0, {mine_[0], placement_.partitions()}, {});
    auto const aggregate = kernels_.save_aggregate();
    fields.insert(fields.end(), aggregate.begin(), aggregate.end());
    schema = schema_of(fields);
  });
  std::string parameters;
  for (auto const& [name, value] : settings_.parameters)
    parameters.append(parameters.empty() ? "" : " ").append(name).append("=").append(value);
  identity_ = {{"kernel", kernels_.name() + " version " + std::to_string(kernels_.version())},
               {"partitions", std::to_string(settings_.partitions)},
               {"seed", std::to_string(settings_.seed)},
               {"parameters", parameters},
               {"input", settings_.input_digest},
               {"schema", schema}};
}

void Checkpointer::start_afresh() {
  world_.together(Site::start, "checkpoint directory", [&] {
    if (world_.rank() != 0) return;
    directory_->begin(0);
    directory_->abandon(0);
    if (auto const n = directory_->set_aside(); n > 0)
      world_.log().info(std::to_string(n) + " earlier checkpoints in " + directory_->path().string() +
                        " are put aside (old-…) until this job has one");
  });
}

std::vector<std::vector<store::Field>> Checkpointer::snapshot(std::int64_t superstep, Mailroom const& mailroom,
                                                              std::vector<std::uint8_t> const& awake) {
  std::vector<std::vector<store::Field>> of_slot(mine_.size());
  world_.together(Site::save, world_.where(kernels_.name(), "save", superstep), mine_, [&](std::size_t slot, int) {
    auto& fields = of_slot[slot];
    fields = kernels_.save(slot, {mine_[slot], placement_.partitions()}, mailroom.inbox(slot));
    fields.push_back(vote_of(mine_[slot], awake[slot]));
  });
  return of_slot;
}

// The slices of all slots, field by field; with those of the aggregate in the part that has partition 0.
std::vector<store::Field> Checkpointer::merge(std::vector<std::vector<store::Field>> of_slot) const {
  std::vector<store::Field> merged;
  std::map<std::string, std::size_t> at;
  auto const add = [&](store::Field&& field) {
    auto const [known, is_new] = at.emplace(field.info.name, merged.size());
    if (is_new) {
      merged.push_back(std::move(field));
    } else {
      auto& slices = merged[known->second].slices;
      std::move(field.slices.begin(), field.slices.end(), std::back_inserter(slices));
    }
  };
  for (auto& fields : of_slot)
    for (auto& field : fields) add(std::move(field));
  if (index(mine_[0]) == 0)
    for (auto& field : kernels_.save_aggregate()) add(std::move(field));
  return merged;
}

void Checkpointer::save(std::int64_t superstep, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake) {
  auto const started = base::monotonic_seconds();
  auto const fields = merge(snapshot(superstep, mailroom, awake));
  try {
    write(superstep, fields);
    world_.log().info("checkpoint superstep " + std::to_string(superstep) + " committed");
  } catch (WriteFailed const& failure) {
    if (world_.rank() == 0) directory_->abandon(superstep);
    world_.log().warn("no checkpoint of superstep " + std::to_string(superstep) +
                      ", the job goes on: " + failure.what());
  }
  seconds_ += base::monotonic_seconds() - started;
}

void Checkpointer::write(std::int64_t superstep, std::vector<store::Field> const& fields) {
  store::Manifest manifest{identity_, superstep, placement_.partitions(), settings_.app, {}};
  world_.together(Site::save, "begin", [&] {
    if (world_.rank() == 0) directory_->begin(superstep);
  });
  std::string part;
  world_.together(Site::save, "part", [&] {
    part = to_text(directory_->write_part(manifest, world_.rank(), world_.ranks(), mine_, fields));
    world_.fault().reach("part_written", world_.rank(), superstep);
  });
  for (auto const& text : world_.communicator().all_gather(part)) manifest.parts.push_back(part_from(text));
  world_.together(Site::commit, "commit", [&] {
    if (world_.rank() != 0) return;
    world_.fault().reach("before_commit", world_.rank(), superstep);
    directory_->commit(manifest);
    world_.fault().reach("committed", world_.rank(), superstep);
    directory_->retain(epochs_kept);
  });
}

bool Checkpointer::other_run_has_epochs() {
  std::string found;
  world_.together(Site::restore, "find checkpoints", [&] {
    std::filesystem::path const top(settings_.checkpoint_dir);
    if (world_.rank() != 0 || !std::filesystem::is_directory(top)) return;
    auto const look = [&](std::filesystem::path const& path) {
      if (path != directory_->path() && !store::CheckpointDirectory(path).epochs().empty()) found = "yes";
    };
    look(top);
    for (auto const& entry : std::filesystem::directory_iterator(top))
      if (entry.is_directory()) look(entry.path());
  });
  return !world_.communicator().broadcast(found, 0).empty();
}

std::optional<std::int64_t> Checkpointer::restore(std::vector<std::uint8_t>& awake) {
  auto const started = base::monotonic_seconds();
  std::string list;
  world_.together(Site::restore, "find checkpoints", [&] {
    if (world_.rank() != 0) return;
    nlohmann::json json = nlohmann::json::array();
    for (auto const& epoch : directory_->epochs()) json.push_back({epoch.superstep, epoch.directory.string()});
    list = json.dump();
  });
  auto const epochs = nlohmann::json::parse(world_.communicator().broadcast(list, 0));
  for (auto const& entry : epochs) {
    store::Epoch const epoch{entry.at(0).get<std::int64_t>(), entry.at(1).get<std::string>()};
    if (!load(epoch, awake)) continue;
    world_.log().info("resumed from " + epoch.directory.string());
    world_.together(Site::restore, "set aside", [&] {
      if (world_.rank() == 0) directory_->set_aside_after(epoch.superstep);
    });
    seconds_ += base::monotonic_seconds() - started;
    return epoch.superstep;
  }
  return std::nullopt;
}

// False: some rank cannot use it, so none does.
bool Checkpointer::load(store::Epoch const& epoch, std::vector<std::uint8_t>& awake) {
  Report report;
  report.site = Site::restore;
  std::vector<std::vector<store::Field>> of_slot;
  try {
    auto const manifest = directory_->read_manifest(epoch);
    refuse_foreign(epoch, manifest);
    of_slot = read(epoch, manifest);
  } catch (store::Damaged const& damage) {
    report.going_on = 1;
    // Every rank says what it alone can know; the others' logs are silent.
    world_.log().warn("checkpoint passed over: " + std::string(damage.what()));
  } catch (...) {
    report.failure =
        encode_failure(std::current_exception(), world_.where(kernels_.name(), "restore", epoch.superstep));
  }
  if (world_.agreement().agree(report).going_on > 0) {
    world_.log().warn("checkpoint " + epoch.directory.string() + " is damaged on some rank: trying the one before");
    return false;
  }
  put_into_kernels(of_slot, awake);
  return true;
}

void Checkpointer::refuse_foreign(store::Epoch const& epoch, store::Manifest const& manifest) const {
  for (auto const& [field, ours] : identity_) {
    auto const theirs = std::find_if(manifest.identity.begin(), manifest.identity.end(),
                                     [name = &field](auto const& pair) { return pair.first == *name; });
    auto const value = theirs == manifest.identity.end() ? std::string("absent") : theirs->second;
    if (value != ours) throw ForeignCheckpoint(epoch.directory.string(), field, ours, value);
  }
}

std::vector<std::vector<store::Field>> Checkpointer::read(store::Epoch const& epoch, store::Manifest const& manifest) {
  std::vector<store::PartSummary const*> part_of(placement_.partitions(), nullptr);
  for (auto const& part : manifest.parts)
    for (auto const p : part.partitions)
      if (index(p) < part_of.size()) part_of[index(p)] = &part;
  std::vector<std::vector<store::Field>> of_slot;
  for (auto const p : mine_) {
    auto const* const part = part_of[index(p)];
    if (part == nullptr) throw store::Damaged(epoch.directory, "no part has partition " + std::to_string(index(p)));
    of_slot.push_back(directory_->read_partition(epoch, *part, p));
  }
  // The aggregate lies with partition 0, and every rank needs it.
  if (index(mine_[0]) != 0 && part_of[0] != nullptr) {
    auto zero = directory_->read_partition(epoch, *part_of[0], PartitionId{0});
    for (auto& field : zero)
      if (field.info.name.rfind(aggregate_prefix, 0) == 0) of_slot[0].push_back(std::move(field));
  }
  return of_slot;
}

void Checkpointer::put_into_kernels(std::vector<std::vector<store::Field>> const& of_slot,
                                    std::vector<std::uint8_t>& awake) {
  world_.together(Site::restore, world_.where(kernels_.name(), "restore"), mine_, [&](std::size_t slot, int) {
    kernels_.load(slot, of_slot[slot]);
    for (auto const& field : of_slot[slot])
      if (field.info.name == vote_field) awake[slot] = std::to_integer<std::uint8_t>(field.slices.at(0).bytes.at(0));
  });
  world_.together(Site::restore, "restore", [&] { kernels_.load_aggregate(of_slot[0]); });
}

}  // namespace pel::engine
