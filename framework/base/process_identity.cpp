#include "base/process_identity.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/machine.hpp"

namespace pel::base {
namespace {

std::string first_word_of(char const* path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

std::string own_pid_namespace() {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/ns/pid", unknown).string();
}

}  // namespace

ProcessIdentity this_process() {
  int const pid = ::getpid();
  return {host_name(),
          first_word_of("/etc/machine-id"),
          first_word_of("/proc/sys/kernel/random/boot_id"),
          own_pid_namespace(),
          pid,
          start_time_of(pid)};
}

std::uint64_t start_time_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return 0;
  auto const name_end = line.rfind(')');  // the name may hold anything, brackets and blanks too
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  std::string state, skipped;
  fields >> state;
  if (state == "Z" || state == "X") return 0;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  std::uint64_t start_time = 0;
  fields >> start_time;
  return fields ? start_time : 0;
}

bool certainly_gone(ProcessIdentity const& process) {
  auto const here = this_process();
  if (process.boot.empty() || here.boot.empty() || process.host != here.host) return false;
  if (process.boot != here.boot) return !process.machine.empty() && process.machine == here.machine;
  bool const visible = !process.pid_namespace.empty() && process.pid_namespace == here.pid_namespace;
  if (!visible || here.start_time == 0) return false;  // the second: there is no /proc
  auto const start_time = start_time_of(process.pid);
  return start_time == 0 || (process.start_time != 0 && start_time != process.start_time);
}

}  // namespace pel::base
