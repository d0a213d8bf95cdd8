// Who a process is, for others that may look at it from another host, after a reboot, or when its number has gone to
// another process.
#pragma once

#include <cstdint>
#include <string>

namespace pel::base {

struct ProcessIdentity {
  std::string host;           // name of the machine
  std::string machine;        // /etc/machine-id; empty: not known. Two hosts may have one name, then this differs
  std::string boot;           // /proc/sys/kernel/random/boot_id; empty: not known
  std::string pid_namespace;  // where `pid` means something; empty: not known
  int pid = 0;
  std::uint64_t start_time = 0;  // field 22 of /proc/PID/stat, in ticks since the boot; 0: not known

  [[nodiscard]] bool operator==(ProcessIdentity const&) const = default;
};

[[nodiscard]] ProcessIdentity this_process();

// When the process with this number was started here, in ticks since the boot; 0 if there is none, or only what is left
// of one that has ended.
[[nodiscard]] std::uint64_t start_time_of(int pid);

// Whether that process has certainly ended: the machine is this one and was booted since, or it is the same boot and no
// process has that number and start time. False where that cannot be known, such as for a process of another host.
[[nodiscard]] bool certainly_gone(ProcessIdentity const& process);

}  // namespace pel::base
