#include "launch/observed.hpp"

#include <charconv>
#include <exception>
#include <fstream>
#include <iterator>

#include "base/machine.hpp"
#include "base/process_identity.hpp"
#include "launch/process.hpp"
#include "store/halt_request.hpp"
#include "store/lease_file.hpp"

namespace pel::launch {
namespace {

namespace fs = std::filesystem;

std::string content_of(fs::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::optional<int> outcome_of(std::optional<store::RunStatus> const& status, int incarnation) {
  if (!status || status->incarnation != incarnation || status->state == store::RunState::running) return std::nullopt;
  return status->exit_code;
}

ProcessState process_state(store::Heartbeat const& beat) {
  if (beat.pid <= 0 || store::host_of(beat) != base::host_name().substr(0, beat.host.size()))
    return ProcessState::unknown;
  char const state = state_of_process(beat.pid);
  if (state == 'T' || state == 't') return ProcessState::stopped;
  return state == 0 || state == 'Z' ? ProcessState::unknown : ProcessState::going;
}

bool halt_asked(fs::path const& halt, std::int64_t superstep, double seconds) noexcept try {
  auto const request = store::read_halt_request(halt);
  return request && request->due(superstep, seconds);
} catch (std::exception const&) {  // not to be understood: then the ranks do not stop for it either
  return false;
}

bool launcher_gone(fs::path const& checkpoints) {
  auto const numbers = store::lease_numbers(checkpoints);
  if (numbers.empty()) return false;
  auto const seen = store::look_at_lease(store::lease_path(checkpoints, numbers.back()));
  auto const lease = seen && !seen->locked ? store::parse_lease(seen->text) : std::nullopt;
  return lease && (lease->released || base::certainly_gone(lease->owner));
}

std::optional<std::int64_t> parse_out_of_memory_kills(std::string const& text) {
  std::string const mark = "oom_kill ";
  auto const at = text.starts_with(mark) ? 0 : text.find("\n" + mark);
  if (at == std::string::npos) return std::nullopt;
  auto const* const first = text.data() + text.find(' ', at) + 1;
  std::int64_t count = 0;
  if (std::from_chars(first, text.data() + text.size(), count).ec != std::errc()) return std::nullopt;
  return count;
}

std::optional<std::int64_t> out_of_memory_kills() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    bool const unified = line.starts_with("0::");
    auto const path = line.substr(line.rfind(':') + 1);
    if (!unified && line.find(":memory:") == std::string::npos) continue;
    auto const where =
        unified ? "/sys/fs/cgroup" + path + "/memory.events" : "/sys/fs/cgroup/memory" + path + "/memory.oom_control";
    if (auto const count = parse_out_of_memory_kills(content_of(where))) return count;
  }
  return std::nullopt;
}

}  // namespace pel::launch
