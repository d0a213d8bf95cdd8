#include "engine/snapshot_buffers.hpp"

#include <algorithm>
#include <string>

#include "base/memory_available.hpp"

namespace pel::engine {
namespace {

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

}  // namespace

SnapshotBuffers::SnapshotBuffers(World& world, RunSettings const& settings) : world_(world), settings_(settings) {
  auto const hosts = world.communicator().all_gather(world.communicator().host());
  ranks_here_ = static_cast<std::uint64_t>(std::count(hosts.begin(), hosts.end(), world.communicator().host()));
}

std::uint64_t SnapshotBuffers::budget() const {
  if (settings_.checkpoint_memory) return *settings_.checkpoint_memory;
  return (base::memory_available() / ranks_here_ + room()) / 2;
}

bool SnapshotBuffers::has_room(std::uint64_t bytes, std::uint64_t kept, std::size_t copies) const {
  return (copies + (settings_.checkpoint_compress ? 1 : 0)) * bytes + kept <= budget();
}

bool SnapshotBuffers::fits(std::size_t number, std::uint64_t bytes, std::uint64_t kept, bool other_in_use) const {
  auto const beside = kept + (other_in_use ? snapshots_.at(1 - number).room() : 0);
  bool const is_there = bytes <= snapshots_.at(number).room();
  if (is_there && !settings_.checkpoint_memory) return kept <= base::memory_available() / ranks_here_ / 2;
  if (is_there) return kept == 0 || bytes + beside <= budget();
  return (settings_.checkpoint_compress ? 2 : 1) * bytes + beside <= budget();
}

void SnapshotBuffers::reserve(std::uint64_t bytes, std::size_t copies) {
  for (std::size_t i = 0; i < copies; ++i) snapshots_.at(i).reserve(bytes);
}

void SnapshotBuffers::agree(std::uint64_t bytes, std::uint64_t kept, std::size_t used) {
  bool const async = settings_.checkpoint_mode == CheckpointMode::async;
  bool const two = async && has_room(bytes, kept, 2);
  world_.together(Site::save, "snapshots", [] {});
  auto const answers = world_.communicator().all_gather(two ? "2" : "1");
  count_ = std::find(answers.begin(), answers.end(), "1") == answers.end() ? 2 : 1;
  world_.log().info("checkpoints take " + std::to_string(count_) + (count_ == 1 ? " copy" : " copies") +
                    " of the state in memory, " + mebibytes(bytes) + " each on rank 0; their budget there, " +
                    (settings_.checkpoint_memory ? "by --checkpoint-memory" : "half of the memory left") + ", is " +
                    mebibytes(budget()));
  if (count_ == 1) keep_only(used);
}

void SnapshotBuffers::keep_only(std::size_t used) {
  snapshots_.at(1 - used).release();
  count_ = 1;
  if (settings_.checkpoint_mode == CheckpointMode::async)
    world_.log().warn("memory for one snapshot only: a checkpoint that is due while another is written is left out");
}

void SnapshotBuffers::release() noexcept {
  for (auto& snapshot : snapshots_) snapshot.release();
}

}  // namespace pel::engine
