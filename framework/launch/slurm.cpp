#include "launch/slurm.hpp"

#include <fmt/core.h>
#include <poll.h>

#include <algorithm>
#include <csignal>
#include <string>

#include "base/machine.hpp"
#include "launch/duration.hpp"
#include "launch/process.hpp"
#include "pel/error.hpp"

namespace pel::launch {
namespace {

constexpr double answer_seconds = 20;    // of a busy controller
constexpr double requeue_seconds = 180;  // until it ends the job's script

Command client(std::vector<std::string> words) { return {.arguments = std::move(words)}; }

}  // namespace

std::optional<double> slurm_time_left() {
  auto const job = variable("SLURM_JOB_ID");
  if (job.empty() || !find_program("squeue")) return std::nullopt;
  auto const answer = ask(client({"squeue", "--noheader", "--jobs=" + job, "--format=%L"}), answer_seconds);
  auto text = answer.out.substr(0, answer.out.find('\n'));
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return answer.code == 0 ? parse_duration(text) : std::nullopt;
}

bool slurm_requeue(SignalInbox const& signals) {
  auto const answer = ask(client({"scontrol", "requeue", variable("SLURM_JOB_ID")}), answer_seconds);
  if (answer.code != 0) {
    fmt::print(stderr, "pel: scontrol requeue: {}\n", answer.err.empty() ? "no answer" : answer.err);
    return false;
  }
  auto const until = base::monotonic_seconds() + requeue_seconds;
  for (auto left = requeue_seconds; left > 0; left = until - base::monotonic_seconds()) {
    pollfd ready{signals.descriptor(), POLLIN, 0};
    (void)poll(&ready, 1, static_cast<int>(left * 1000) + 1);
    auto const numbers = signals.take();
    if (std::find(numbers.begin(), numbers.end(), SIGTERM) != numbers.end()) return true;
  }
  return false;
}

}  // namespace pel::launch
