#include "engine/memory.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/memory_available.hpp"
#include "comm/block_transfer.hpp"
#include "engine/settings.hpp"
#include "engine/world.hpp"
#include "store/spill_file.hpp"

namespace pel::engine {
namespace {

constexpr double auto_share = 0.6;
constexpr std::uint64_t least_auto = std::uint64_t{64} << 20U;

std::uint64_t budget_of(World const& world, RunSettings const& settings) {
  auto const hosts = world.communicator().all_gather(world.communicator().host());
  auto const here = static_cast<std::uint64_t>(std::count(hosts.begin(), hosts.end(), world.communicator().host()));
  if (settings.memory) return *settings.memory;
  return std::max(least_auto,
                  static_cast<std::uint64_t>(auto_share * static_cast<double>(base::memory_available() / here)));
}

// Blocks on their way to other ranks.
std::uint64_t transport_bytes(int ranks) {
  comm::TransferSettings const settings;
  return static_cast<std::uint64_t>(std::min(ranks - 1, settings.ranks_at_once)) * 2 * settings.block_bytes;
}

std::uint64_t least_of_all(World const& world, std::uint64_t value) {
  auto least = value;
  for (auto const& text : world.communicator().all_gather(std::to_string(value)))
    least = std::min<std::uint64_t>(least, std::stoull(text));
  return least;
}

}  // namespace

struct Memory::Files {
  std::filesystem::path directory;
  std::atomic<bool> told = false;  // that there are any
  std::mutex mutex;
  std::weak_ptr<store::SpillFile> runs;
  std::map<std::string, std::weak_ptr<store::SpillFile>> texts;                            // by directory
  std::shared_ptr<store::SpillFigures> figures = std::make_shared<store::SpillFigures>();  // files may outlive this
};

Memory::Memory(World& world, RunSettings const& settings)
    : world_(world),
      files_(std::make_unique<Files>()),
      budget_(budget_of(world, settings)),
      usable_(budget_ - std::min(budget_ / 4, transport_bytes(world.ranks()))),
      least_usable_(least_of_all(world, usable_)),
      threads_(static_cast<std::uint64_t>(world.workers().threads())) {
  files_->directory = settings.spill_dir;
  world.together(Site::start, "spill directory", [&] {
    if (settings.spill_dir_asked) (void)store::SpillFile(files_->directory, files_->figures);
  });
}

Memory::~Memory() = default;

std::uint64_t Memory::for_sending(std::uint64_t waiting, bool tight) const noexcept {
  auto const least = usable_ / 16;
  if (tight) return least;
  auto const taken = waiting + kept_;
  return std::max(least, (usable_ - std::min(usable_, taken)) / 4);
}

std::uint64_t Memory::for_mail() const noexcept {
  return std::max(usable_ / 8, usable_ / 2 - std::min<std::uint64_t>(usable_ / 2, kept_ + mapped_));
}

std::shared_ptr<store::SpillFile> Memory::new_file() {
  if (!files_->told.exchange(true))
    world_.log().info(
        fmt::format("the data do not fit into the memory budget, {} MiB a rank: what is too much goes to {}",
                    budget_ >> 20U, files_->directory.string()));
  return std::make_shared<store::SpillFile>(files_->directory, files_->figures);
}

std::shared_ptr<store::SpillFile> Memory::file_of_runs() {
  std::lock_guard const lock(files_->mutex);
  auto file = files_->runs.lock();
  if (!file) files_->runs = file = new_file();
  return file;
}

std::shared_ptr<store::SpillFile> Memory::file_of_texts(std::string const& directory) {
  std::lock_guard const lock(files_->mutex);
  auto& known = files_->texts[directory];
  auto file = known.lock();
  if (!file) known = file = std::make_shared<store::SpillFile>(directory, std::make_shared<store::SpillFigures>());
  return file;
}

MemoryFigures Memory::figures() const noexcept {
  return {budget_, files_->figures->written, files_->figures->read, dataset_};
}

std::string default_spill_directory(std::string const& run_directory) {
  char const* const temporary = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): the main thread
  if (temporary != nullptr && *temporary != '\0') return temporary;
  return run_directory.empty() ? "." : run_directory;
}

}  // namespace pel::engine
