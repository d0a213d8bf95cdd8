#include "base/machine.hpp"

#include <doctest/doctest.h>
#include <sched.h>

#include <cstdlib>
#include <string>
#include <vector>

using pel::base::launched_rank;

namespace {

// Takes what a launcher says from the environment, and gives it back.
class WithoutLauncher {
 public:
  WithoutLauncher() {
    for (auto const* name : names) {
      auto const* const value = std::getenv(name);
      before_.emplace_back(value == nullptr ? "" : value);
      unsetenv(name);
    }
  }
  ~WithoutLauncher() {
    for (std::size_t i = 0; i < before_.size(); ++i) {
      unsetenv(names[i]);
      if (!before_[i].empty()) setenv(names[i], before_[i].c_str(), 1);
    }
  }
  WithoutLauncher(WithoutLauncher const&) = delete;
  WithoutLauncher& operator=(WithoutLauncher const&) = delete;

 private:
  static constexpr char const* names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"};
  std::vector<std::string> before_;
};

// The number of cores that "0-3,8" names.
int cores_in(std::string const& text) {
  int cores = 0;
  for (std::size_t at = 0; at < text.size();) {
    auto const end = std::min(text.find(',', at), text.size());
    auto const item = text.substr(at, end - at);
    auto const dash = item.find('-');
    cores += dash == std::string::npos ? 1 : std::stoi(item.substr(dash + 1)) - std::stoi(item.substr(0, dash)) + 1;
    at = end + 1;
  }
  return cores;
}

}  // namespace

TEST_CASE("the affinity mask as a text names as many cores as are allowed") {
  CHECK(pel::base::cores_allowed() >= 1);
  CHECK(cores_in(pel::base::affinity_text()) == pel::base::cores_allowed());
}

TEST_CASE("a process bound to one core may use one") {
  cpu_set_t before, one;
  sched_getaffinity(0, sizeof before, &before);
  int core = 0;
  while (!CPU_ISSET(core, &before)) ++core;
  CPU_ZERO(&one);
  CPU_SET(core, &one);

  sched_setaffinity(0, sizeof one, &one);
  auto const cores = pel::base::cores_allowed();
  auto const text = pel::base::affinity_text();
  sched_setaffinity(0, sizeof before, &before);

  CHECK(cores == 1);
  CHECK(text == std::to_string(core));
}

TEST_CASE("the rank is what a launcher says, and none without one") {
  WithoutLauncher const alone;

  CHECK(launched_rank() == std::nullopt);
  setenv("SLURM_PROCID", "7", 1);
  CHECK(launched_rank() == 7);
  setenv("OMPI_COMM_WORLD_RANK", "3", 1);
  CHECK(launched_rank() == 3);
  setenv("OMPI_COMM_WORLD_RANK", "3x", 1);
  CHECK(launched_rank() == 7);
}

TEST_CASE("the peak of the resident memory sees an allocation that is used") {
  auto const before = pel::base::peak_rss_bytes();
  std::vector<char> used(std::size_t{64} << 20U, 1);
  CHECK(used[used.size() / 2] == 1);

  CHECK(before > 100'000);
  CHECK(pel::base::peak_rss_bytes() >= before);
  CHECK(pel::base::peak_rss_bytes() >= std::size_t{64} << 20U);
}

TEST_CASE("the host has a name and the clock does not go back") {
  CHECK_FALSE(pel::base::host_name().empty());
  auto last = pel::base::monotonic_seconds();
  for (int i = 0; i < 1000; ++i) {
    auto const now = pel::base::monotonic_seconds();
    CHECK(now >= last);
    last = now;
  }
}
