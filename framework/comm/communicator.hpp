// The layer comm: MPI alone. Communicator, the small collective of a superstep, the exchange of a superstep's messages,
// halo plans. It may include base; never store, never anything of the engine. Its headers show no MPI, so that what
// stands above compiles without; every MPI call is checked in every build type, with MPI's own C API (Boost.MPI asserts
// before it throws, so it serves set-up only).
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace pel::comm {

// Starts MPI if nobody has, and then ends it when destroyed. Thread level: FUNNELED, all calls from the main thread.
// Throws: MpiError.
class Session {
 public:
  Session();
  ~Session();
  Session(Session const&) = delete;
  Session& operator=(Session const&) = delete;

 private:
  bool ours_ = false;
};

// The ranks of a job: a duplicate of a communicator of the caller's, so that PEL's traffic meets no other.
// Copies share the duplicate. Errors of MPI come back as MpiError.
class Communicator {
 public:
  struct Native;  // comm/native.hpp, for this layer only

  // A duplicate of MPI_COMM_WORLD. Collective: all ranks. Requires: MPI is running. Throws: MpiError.
  [[nodiscard]] static Communicator world();
  explicit Communicator(std::shared_ptr<Native const> native);

  [[nodiscard]] int rank() const noexcept { return rank_; }
  [[nodiscard]] int size() const noexcept { return size_; }
  [[nodiscard]] std::string const& host() const noexcept { return host_; }
  [[nodiscard]] Native const& native() const noexcept { return *native_; }

  // The text of rank `root`, on every rank, of any length. Collective: all ranks. Throws: MpiError.
  // Cost: h = bytes, l = 2 collectives.
  [[nodiscard]] std::string broadcast(std::string text, int root) const;

  // Each rank's text, by rank; of less than 2 GiB in all. Collective: all ranks. Throws: MpiError.
  // Cost: h = sum of the texts, l = 2 collectives.
  [[nodiscard]] std::vector<std::string> all_gather(std::string const& text) const;

  // Ends all ranks with this code, without a word of PEL's. For when the ranks can no longer agree.
  [[noreturn]] void abort(int code) const;

 private:
  std::shared_ptr<Native const> native_;
  std::string host_;
  int rank_ = 0, size_ = 1;
};

}  // namespace pel::comm
