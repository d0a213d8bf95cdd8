// What a job leaves behind about itself: --summary.
#include <fmt/core.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "base/machine.hpp"
#include "engine/job_core.hpp"
#include "engine/run_outcome.hpp"
#include "engine/settings.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

double mebibytes(std::uint64_t bytes) { return static_cast<double>(bytes) / (1024 * 1024); }

nlohmann::ordered_json to_json(CheckpointSummary const& of) {
  return {{"newest", of.figures.newest},
          {"count", of.figures.committed},
          {"failed", of.figures.failed},
          {"streamed", of.figures.streamed},
          {"bytes", of.figures.bytes},
          {"memory_bytes", of.figures.memory_bytes},
          {"blocked_seconds", of.figures.blocked_seconds},
          {"last_blocked_seconds", of.figures.last_blocked},
          {"durable_seconds", of.figures.last_durable},
          {"interval_seconds", of.interval_seconds},
          {"overhead_predicted", of.overhead_predicted},
          {"overhead_real", of.overhead_real}};
}

nlohmann::ordered_json to_json(MemoryFigures const& of) {
  return {{"budget_bytes", of.budget},
          {"spilled_bytes", of.spilled},
          {"read_back_bytes", of.read_back},
          {"dataset_bytes", of.dataset},
          {"io_amplification", of.io_amplification()}};
}

nlohmann::ordered_json to_json(std::vector<VerbFigures> const& of) {
  auto verbs = nlohmann::ordered_json::array();
  for (auto const& verb : of)
    verbs.push_back({{"verb", verb.name}, {"supersteps", verb.supersteps}, {"seconds", verb.seconds}});
  return verbs;
}

}  // namespace

void JobCore::add_up(RunOutcome const& outcome) {
  if (!total_) {
    total_ = std::make_unique<RunOutcome>(outcome);
    return;
  }
  total_->supersteps += outcome.supersteps;
  total_->construct_seconds += outcome.construct_seconds;
  total_->run_seconds += outcome.run_seconds;
  total_->checkpoint_seconds += outcome.checkpoint_seconds;
  total_->write_seconds += outcome.write_seconds;
  total_->digest = outcome.digest;
  total_->stopped = outcome.stopped;
  total_->last_superstep = outcome.last_superstep;
  total_->checkpoints = outcome.checkpoints;
  total_->memory = outcome.memory;
  total_->verbs = outcome.verbs;
}

// What ranks spilled becomes what all of them did; the budget stays that of one. Collective: all ranks.
void JobCore::sum_up_memory() {
  auto& memory = total_->memory;
  if (memory.budget == 0) return;  // no datasets
  auto const text = fmt::format("{} {} {}", memory.spilled, memory.read_back, memory.dataset);
  MemoryFigures sum{.budget = memory.budget};
  for (auto const& of_rank : world().communicator().all_gather(text)) {
    auto const* at = of_rank.c_str();
    char* next = nullptr;
    for (auto* figure : {&sum.spilled, &sum.read_back, &sum.dataset}) {
      *figure += std::strtoull(at, &next, 10);
      at = next;
    }
  }
  memory = sum;
  if (memory.dataset == 0) return;
  world().log().info(fmt::format(
      "of the data {:.1f} MiB did not fit into the memory budget: {:.1f} MiB spilled, {:.1f} MiB read back, {:.2f} "
      "times "
      "the data",
      mebibytes(memory.dataset), mebibytes(memory.spilled), mebibytes(memory.read_back), memory.io_amplification()));
}

void JobCore::write_summary() {
  auto& ranks = world();
  std::uint64_t peak = 0;
  for (auto const& text : ranks.communicator().all_gather(std::to_string(base::peak_rss_bytes())))
    peak += std::stoull(text);
  ranks.together(Site::end, "summary", [&] {
    if (ranks.rank() != 0) return;
    nlohmann::ordered_json summary{{"app", settings_->app},
                                   {"version", PEL_VERSION},
                                   {"ranks", ranks.ranks()},
                                   {"threads", ranks.workers().threads()},
                                   {"partitions", settings_->partitions},
                                   {"supersteps", total_->supersteps},
                                   {"last_superstep", total_->last_superstep},
                                   {"resumed_from", total_->resumed_from},
                                   {"load_seconds", load_seconds_},
                                   {"construct_seconds", total_->construct_seconds},  // also part of load_seconds
                                   {"run_seconds", total_->run_seconds},
                                   {"checkpoint_seconds", total_->checkpoint_seconds},
                                   {"checkpoint", to_json(total_->checkpoints)},
                                   {"write_seconds", total_->write_seconds},
                                   {"peak_rss_bytes", peak},
                                   {"memory", to_json(total_->memory)},
                                   {"digest", total_->digest}};
    if (!total_->verbs.empty()) summary["verbs"] = to_json(total_->verbs);
    if (checked_) summary["verified"] = mismatch_.empty();
    std::ofstream file(summary_path_);
    file << summary.dump(2) << '\n';
    file.close();
    if (!file) throw WriteFailed(summary_path_, errno, std::generic_category().message(errno));
  });
}

}  // namespace pel::engine
