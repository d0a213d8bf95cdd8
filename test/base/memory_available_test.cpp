#include "base/memory_available.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

using pel::base::memory_available;

namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30U;

// A proc and a sys of its own, of a machine with 64 GiB left.
class Machine {
 public:
  Machine() : root_(std::filesystem::temp_directory_path() / ("memory-" + std::to_string(getpid()))) {
    write("proc/meminfo", "MemTotal: 134217728 kB\nMemAvailable: 67108864 kB\n");
  }
  ~Machine() { std::filesystem::remove_all(root_); }
  Machine(Machine const&) = delete;
  Machine& operator=(Machine const&) = delete;

  void write(std::string const& path, std::string const& content) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << content;
  }
  void group(std::string const& path, std::string const& limit, std::uint64_t used, std::string const& stat) const {
    write("sys/fs/cgroup" + path + "/memory.max", limit);
    write("sys/fs/cgroup" + path + "/memory.current", std::to_string(used));
    write("sys/fs/cgroup" + path + "/memory.stat", stat);
  }
  [[nodiscard]] std::uint64_t available() const { return memory_available(root_.string()); }

 private:
  std::filesystem::path root_;
};

}  // namespace

TEST_CASE("without limits the machine says what is left") {
  Machine const machine;
  CHECK(machine.available() == 64 * gib);
  machine.write("proc/self/cgroup", "0::/user.slice\n");
  machine.group("/user.slice", "max", 3 * gib, "");
  CHECK(machine.available() == 64 * gib);
}

TEST_CASE("the tightest group above a process counts, whatever its own allows") {
  Machine const machine;
  machine.write("proc/self/cgroup", "0::/slurm/job_7/step_0\n");
  machine.group("/slurm/job_7/step_0", std::to_string(40 * gib), gib, "");
  CHECK(machine.available() == 39 * gib);
  machine.group("/slurm/job_7", std::to_string(16 * gib), 6 * gib, "");
  CHECK(machine.available() == 10 * gib);
}

TEST_CASE("the files that a group has read or written are not in the way") {
  Machine const machine;
  machine.write("proc/self/cgroup", "0::/job\n");
  machine.group("/job", std::to_string(8 * gib), 7 * gib,
                "anon 1\nactive_file " + std::to_string(gib) + "\ninactive_file " + std::to_string(4 * gib) + "\n");
  CHECK(machine.available() == 6 * gib);
}

TEST_CASE("a container that sees its own group as the root is held to it") {
  Machine const machine;
  machine.write("proc/self/cgroup", "0::/docker/0123\n");  // not to be seen from inside
  machine.group("", std::to_string(4 * gib), gib, "");
  CHECK(machine.available() == 3 * gib);
  machine.group("", std::to_string(4 * gib), 5 * gib, "");
  CHECK(machine.available() == 0);
}

TEST_CASE("version 1 of cgroups is understood, beside others") {
  Machine const machine;
  machine.write("proc/self/cgroup", "9:name=systemd:/\n5:cpu,memory:/a/b\n0::/\n");
  machine.write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", std::to_string(2 * gib));
  machine.write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", std::to_string(gib));
  machine.write("sys/fs/cgroup/memory/a/memory.stat", "total_inactive_file 1024\ninactive_file 9999\n");
  machine.write("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712");
  CHECK(machine.available() == gib + 1024);
}

TEST_CASE("this machine has memory left") {
  CHECK(memory_available() > 0);
  CHECK(memory_available() < std::uint64_t{1} << 50U);
}
