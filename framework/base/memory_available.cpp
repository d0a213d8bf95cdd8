#include "base/memory_available.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string_view>

namespace pel::base {
namespace {

constexpr auto unlimited = ~std::uint64_t{0};

// The number in a file that has one, not where it is not there or says "max".
std::optional<std::uint64_t> number_in(std::string const& path) {
  std::ifstream file(path);
  std::uint64_t n = 0;
  if (file >> n) return n;
  return std::nullopt;
}

// The sum of these lines, "name number", of a file.
std::uint64_t sum_in(std::string const& path, std::string_view one, std::string_view other) {
  std::ifstream file(path);
  std::uint64_t sum = 0, n = 0;
  for (std::string name; file >> name >> n;)
    if (name == one || name == other) sum += n;
  return sum;
}

// How the two versions name a group's limit, what it holds, and those lines of memory.stat that tell of files.
struct Names {
  char const *limit, *used, *inactive, *active;
};
constexpr Names version_1{"/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_inactive_file",
                          "total_active_file"};
constexpr Names version_2{"/memory.max", "/memory.current", "inactive_file", "active_file"};

std::uint64_t left_in(std::string const& group, Names const& names) {
  auto const limit = number_in(group + names.limit);
  if (!limit) return unlimited;
  auto const held = number_in(group + names.used).value_or(0);
  auto const of_files = sum_in(group + "/memory.stat", names.inactive, names.active);
  auto const used = held - std::min(held, of_files);
  return *limit - std::min(*limit, used);
}

// Of a group and all above it, up to where its hierarchy is mounted. Inside a container only its own group, mounted as
// the root, may be seen: then those in between are not there, and the root is.
std::uint64_t left_up_from(std::string const& mounted, std::string group, Names const& names) {
  auto least = left_in(mounted, names);
  while (group.size() > 1) {
    least = std::min(least, left_in(mounted + group, names));
    group.resize(group.rfind('/') == std::string::npos ? 0 : group.rfind('/'));
  }
  return least;
}

}  // namespace

std::uint64_t memory_available(std::string const& root) {
  auto available = unlimited;
  std::ifstream info(root + "/proc/meminfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("MemAvailable:", 0) == 0) available = std::strtoull(line.c_str() + 13, nullptr, 10) * 1024;
  std::ifstream groups(root + "/proc/self/cgroup");  // "4:memory:/group" of version 1, "0::/group" of version 2
  for (std::string line; std::getline(groups, line);) {
    auto const first = line.find(':');
    auto const second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    auto const controllers = ',' + line.substr(first + 1, second - first - 1) + ',';
    auto const group = line.substr(second + 1);
    if (controllers == ",,")
      available = std::min(available, left_up_from(root + "/sys/fs/cgroup", group, version_2));
    else if (controllers.find(",memory,") != std::string::npos)
      available = std::min(available, left_up_from(root + "/sys/fs/cgroup/memory", group, version_1));
  }
  return available;
}

}  // namespace pel::base
