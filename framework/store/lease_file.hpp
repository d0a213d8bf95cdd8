// The file of a lease: what is in it and what can be done with it. Who may own a directory is decided in lease.hpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/process_identity.hpp"

namespace pel::store {

// What a lease says. Its text is JSON; `released` and `counter` come last and have a fixed width, so that they are
// written in place:
//   {"incarnation": 3, "job": "pagerank", "host": "node07", "machine": …, "boot": …, "pid_namespace": …, "pid": 81,
//    "pid_start": 123456, "since": "2024-05-17T08:30:00Z",
//    "released": false, "counter":                   42}
struct LeaseRecord {
  int incarnation = 0;
  std::string job;
  base::ProcessIdentity owner;
  std::string since;  // UTC, for people
  bool released = false;
  std::uint64_t counter = 0;
};

// The text of a lease, and the part of it that changes.
[[nodiscard]] std::string to_text(LeaseRecord const& record);
[[nodiscard]] std::string lease_tail(bool released, std::uint64_t counter);
// None if the text is not, or not yet, a lease.
[[nodiscard]] std::optional<LeaseRecord> parse_lease(std::string const& text);

// DIRECTORY/lease, and in it the file of a lease.
[[nodiscard]] std::filesystem::path lease_folder(std::filesystem::path const& checkpoint_directory);
[[nodiscard]] std::filesystem::path lease_path(std::filesystem::path const& checkpoint_directory, int incarnation);

// The numbers of all leases there are, ascending. Throws: WriteFailed.
[[nodiscard]] std::vector<int> lease_numbers(std::filesystem::path const& checkpoint_directory);

// A lease as another process sees it. `locked`: its owner holds the lock; false too where locks are not supported.
struct SeenLease {
  std::string text;
  bool locked = false;
};
// None if the file is gone. Throws: WriteFailed if it cannot be read.
[[nodiscard]] std::optional<SeenLease> look_at_lease(std::filesystem::path const& path);

}  // namespace pel::store
