#include "store/lease.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include "base/machine.hpp"
#include "base/process_identity.hpp"
#include "pel/error.hpp"
#include "store/lease_file.hpp"
#include "store/replace_file.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::DirectoryInUse;
using pel::WriteFailed;
using pel::base::monotonic_seconds;
using pel::store::Lease;
using pel::store::LeaseRecord;

namespace {

// One for each call.
fs::path empty_directory() {
  static int made = 0;
  auto directory = pel::test::scratch() / std::to_string(++made);
  fs::create_directory(directory);
  return directory;
}

std::string text_of(fs::path const& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

LeaseRecord record_of(fs::path const& path) { return pel::store::parse_lease(text_of(path)).value(); }

std::optional<DirectoryInUse> refusal(fs::path const& directory) {
  try {
    static_cast<void>(Lease::claim(directory, "second"));
  } catch (DirectoryInUse const& refused) {
    return refused;
  }
  return std::nullopt;
}

template <class Function>
std::optional<WriteFailed> failure_of(Function const& function) {
  try {
    function();
  } catch (WriteFailed const& failed) {
    return failed;
  }
  return std::nullopt;
}

// A lease whose owner says nothing any more and holds no lock.
void leave(fs::path const& directory, LeaseRecord const& record) {
  fs::create_directories(pel::store::lease_folder(directory));
  pel::store::replace_file(pel::store::lease_path(directory, record.incarnation), pel::store::to_text(record), false);
}

LeaseRecord lease_of(pel::base::ProcessIdentity const& owner, int incarnation = 7) {
  return {incarnation, "first", owner, "2024-05-17T08:30:00Z", false, 0};
}

pel::base::ProcessIdentity other_host() {
  auto owner = pel::base::this_process();
  owner.host = "node07";
  return owner;
}

// Raises the counter of that lease, without a lock, until it goes.
class Owner {
 public:
  Owner(fs::path directory, LeaseRecord record)
      : thread_([this, directory = std::move(directory), record = std::move(record)]() mutable {
          while (!ending_) {
            ++record.counter;
            leave(directory, record);
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
          }
        }) {}
  ~Owner() {
    ending_ = true;
    thread_.join();
  }
  Owner(Owner const&) = delete;
  Owner& operator=(Owner const&) = delete;

 private:
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

// Claims with `n` threads at once; how many got it.
int winners(fs::path const& directory, int n) {
  std::atomic<int> ready{0}, won{0}, refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i)
    threads.emplace_back([&] {
      ++ready;
      while (ready < n) std::this_thread::yield();
      try {
        auto const lease = Lease::claim(directory, "racer");
        ++won;
        while (won + refused < n) std::this_thread::yield();
      } catch (DirectoryInUse const&) {
        ++refused;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(won + refused == n);
  return won;
}

}  // namespace

TEST_CASE("the first claim makes the directory and says who owns it") {
  auto const directory = empty_directory() / "run" / "ckpt";
  CHECK(Lease::newest(directory) == 0);

  auto const lease = Lease::claim(directory, "pagerank");

  CHECK(lease.incarnation() == 1);
  CHECK(Lease::newest(directory) == 1);
  CHECK(lease.path() == directory / "lease" / "0001.json");
  auto const record = record_of(lease.path());
  CHECK(record.incarnation == 1);
  CHECK(record.job == "pagerank");
  CHECK(record.owner == pel::base::this_process());
  CHECK(record.since.size() == 20);
  CHECK_FALSE(record.released);
}

TEST_CASE("the counter rises in place while the lease is held, and a given-back lease says so") {
  auto const directory = empty_directory();
  fs::path path;
  std::size_t bytes = 0;
  {
    auto const lease = Lease::claim(directory, "job");
    path = lease.path();
    bytes = text_of(path).size();
    auto const end = monotonic_seconds() + 10;
    while (record_of(path).counter < 2 && monotonic_seconds() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(record_of(path).counter >= 2);
    CHECK(text_of(path).size() == bytes);
    CHECK(lease.counter_error() == 0);
  }

  CHECK(record_of(path).released);
  CHECK(text_of(path).size() == bytes);
}

TEST_CASE("a second claim is refused and names the owner, at once") {
  auto const directory = empty_directory();
  auto const lease = Lease::claim(directory, "first");
  auto const start = monotonic_seconds();

  auto const refused = refusal(directory);

  REQUIRE(refused);
  CHECK(refused->path == directory.string());
  CHECK(refused->host == pel::base::host_name());
  CHECK(refused->pid == getpid());
  CHECK(refused->since == record_of(lease.path()).since);
  CHECK(monotonic_seconds() - start < Lease::watch_seconds);
  CHECK(Lease::newest(directory) == 1);
}

TEST_CASE("a lease given back is followed by the next, without waiting; the two newest files stay") {
  auto const directory = empty_directory();
  auto const start = monotonic_seconds();
  for (int n = 1; n <= 5; ++n) CHECK(Lease::claim(directory, "job").incarnation() == n);

  CHECK(monotonic_seconds() - start < Lease::watch_seconds);
  CHECK(pel::store::lease_numbers(directory) == std::vector{4, 5});
}

TEST_CASE("a launcher whose leases are deleted goes on counting") {
  auto const directory = empty_directory();
  CHECK(Lease::claim(directory, "job", 7).incarnation() == 8);
  CHECK(Lease::claim(directory, "job", 3).incarnation() == 9);
  std::filesystem::remove_all(directory);

  CHECK(Lease::claim(directory, "job", 9).incarnation() == 10);
  CHECK(Lease::newest(directory) == 10);
}

TEST_CASE("a lease moves with its owner's object") {
  auto const directory = empty_directory();
  std::optional<Lease> kept;
  {
    auto lease = Lease::claim(directory, "job");
    kept = std::move(lease);
  }
  CHECK(refusal(directory));
  kept.reset();
  CHECK_FALSE(refusal(directory));
}

TEST_CASE("of many claims at once one is granted") {
  auto const directory = empty_directory();
  for (int round = 0; round < 20; ++round) CHECK(winners(directory, 4) == 1);
  CHECK(Lease::newest(directory) == 20);
}

TEST_CASE("a killed process leaves no lock, and its lease is taken over without waiting") {
  auto const directory = empty_directory();
  auto const child = fork();
  if (child == 0) {
    auto const lease = Lease::claim(directory, "job");
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  REQUIRE_FALSE(record_of(pel::store::lease_path(directory, 1)).released);
  auto const start = monotonic_seconds();

  CHECK(Lease::claim(directory, "job").incarnation() == 2);
  CHECK(monotonic_seconds() - start < Lease::watch_seconds);
}

TEST_CASE("an owner whose number went to another process is gone") {
  auto const directory = empty_directory();
  auto owner = pel::base::this_process();
  owner.start_time -= 1;
  leave(directory, lease_of(owner));
  auto const start = monotonic_seconds();

  CHECK(Lease::claim(directory, "job").incarnation() == 8);
  CHECK(monotonic_seconds() - start < Lease::watch_seconds);
}

TEST_CASE("another host's lease whose counter moves is refused, with locks or without") {
  auto const directory = empty_directory();
  Owner const owner(directory, lease_of(other_host()));
  while (Lease::newest(directory) != 7) std::this_thread::yield();

  auto const refused = refusal(directory);

  REQUIRE(refused);
  CHECK(refused->host == "node07");
  CHECK(refused->since == "2024-05-17T08:30:00Z");
}

TEST_CASE("where locks are switched off the counter of a living process of this host counts") {
  auto const directory = empty_directory();
  Owner const owner(directory, lease_of(pel::base::this_process()));
  while (Lease::newest(directory) != 7) std::this_thread::yield();

  auto const refused = refusal(directory);

  REQUIRE(refused);
  CHECK(refused->pid == getpid());
}

TEST_CASE("another host's lease that stands still is taken over after it was watched") {
  auto const directory = empty_directory();
  leave(directory, lease_of(other_host(), 9999));
  auto const start = monotonic_seconds();

  CHECK(Lease::claim(directory, "job").incarnation() == 10000);
  CHECK(monotonic_seconds() - start >= Lease::watch_seconds);
}

TEST_CASE("an empty lease, whose owner died while it claimed, is taken over after it was watched") {
  auto const directory = empty_directory();
  fs::create_directories(pel::store::lease_folder(directory));
  pel::store::replace_file(pel::store::lease_path(directory, 3), "", false);
  pel::store::replace_file(pel::store::lease_folder(directory) / "notes.json", "of no interest", false);

  CHECK(Lease::claim(directory, "job").incarnation() == 4);
}

TEST_CASE("a leftover of an older launch learns that it owns nothing any more") {
  auto const directory = empty_directory();
  leave(directory, lease_of(other_host(), 3));
  Lease::require_newest(directory, 3);
  leave(directory, lease_of(other_host(), 4));

  try {
    Lease::require_newest(directory, 3);
    FAIL("not refused");
  } catch (pel::LostLease const& lost) {
    CHECK(lost.path == directory.string());
    CHECK(lost.ours == 3);
    CHECK(lost.newest == 4);
  }
}

TEST_CASE("a lease that is there no more is a failed write") {
  auto const directory = empty_directory();

  auto const failed = failure_of([&] { Lease::require_newest(directory, 3); });

  REQUIRE(failed);
  CHECK(failed->code == ENOENT);
  CHECK(failed->path == pel::store::lease_path(directory, 3).string());
}

TEST_CASE("a directory that cannot be made is a failed write with its path and errno") {
  auto const directory = empty_directory();
  pel::store::replace_file(directory / "file", "", false);

  auto const failed = failure_of([&] { static_cast<void>(Lease::claim(directory / "file" / "ckpt", "job")); });

  REQUIRE(failed);
  CHECK(failed->path.find("file") != std::string::npos);
  CHECK((failed->code == ENOTDIR || failed->code == EEXIST));
}

TEST_CASE("a lease folder that cannot be written to is a failed write") {
  auto const failed = failure_of([&] { static_cast<void>(Lease::claim("/proc/self", "job")); });

  REQUIRE(failed);
  CHECK(failed->path == "/proc/self/lease");
  CHECK(failed->code == ENOENT);  // what this file system says to mkdir
}
