// The claim on a checkpoint directory: one launch of one job owns it, and what is left of an earlier launch can find
// out that it does no more.
//
// A lease is a file DIRECTORY/lease/NNNN.json; the highest number owns the directory. It is made with O_CREAT | O_EXCL,
// so of two claims at once one fails. Its owner holds a lock (F_OFD_SETLK) on it and raises a counter in it every
// second, in place. Whoever finds a lease
//   refuses if it is locked;
//   takes over if its owner gave it back, or is of this host and certainly gone (see base/process_identity.hpp);
//   else watches it by the own clock, as clocks of two hosts differ, and refuses if the counter moves.
// So a job of a crashed host waits 3 s, one that crashed on this host waits not at all.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace pel::store {

class Lease {
 public:
  // How long the counter of a lease is watched, in seconds; it moves every second.
  static constexpr double watch_seconds = 3;

  // Claims the directory, which is made if it is not there. `job` names the job for people. The number will be greater
  // than `after`: for a launcher whose leases somebody has deleted, and what is left of whose launches must not take
  // itself for the owner. Cost: two fsyncs, and watch_seconds where it is unclear whether the last owner lives.
  // Throws: DirectoryInUse; WriteFailed with path and errno where the directory cannot be written or read.
  [[nodiscard]] static Lease claim(std::filesystem::path const& checkpoint_directory, std::string const& job,
                                   int after = 0);

  // The number of the newest lease; 0 if there was never one. Any process may ask.
  // Throws: WriteFailed if the directory is there but cannot be read.
  [[nodiscard]] static int newest(std::filesystem::path const& checkpoint_directory);

  // Whether launch `incarnation` still owns the directory: to be asked before each commit, on the committing rank.
  // Throws: LostLease if a newer one does; WriteFailed if that lease is there no more, or the directory cannot be read.
  static void require_newest(std::filesystem::path const& checkpoint_directory, int incarnation);

  // Gives the lease back: the next claim need not wait. The file stays, as its number is taken.
  ~Lease();
  Lease(Lease&&) noexcept;
  Lease& operator=(Lease&&) noexcept;

  [[nodiscard]] int incarnation() const noexcept;
  [[nodiscard]] std::filesystem::path const& path() const noexcept;  // of the lease's file

  // 0, or errno of the last second's attempt to raise the counter: while it is not 0 other hosts may take this job for
  // dead.
  [[nodiscard]] int counter_error() const noexcept;

 private:
  class Held;
  explicit Lease(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

}  // namespace pel::store
