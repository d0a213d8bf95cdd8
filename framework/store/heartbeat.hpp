// A sign of life of every rank, for who watches the job from outside: the file RUN_DIR/heartbeat, 64 bytes a rank,
// written in place once a second by a thread of its own. `alive` moves as long as the process runs, `progress` as long
// as it gets anything done: alive but without progress is a deadlock or an endless kernel.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/ticker.hpp"

namespace pel::store {

// What a rank is at. `end` is written when its HeartbeatWriter goes.
enum class Phase : std::uint32_t {
  start = 0,
  load = 1,
  compute = 2,
  exchange = 3,
  checkpoint = 4,
  restore = 5,
  write = 6,
  end = 7
};

// The name of a phase ("compute"); "unknown" for any other number.
[[nodiscard]] char const* name_of(Phase phase) noexcept;

// The record of one rank as it is in the file, at rank * 64; little-endian.
struct Heartbeat {
  std::uint64_t incarnation = 0;  // of the launch: what an older one wrote means nothing
  std::uint64_t alive = 0;        // rises every second; 0: has never written
  std::uint64_t progress = 0;     // rises whenever anything gets done: a partition's step, a phase
  std::int64_t superstep = -1;    // the one it is in; -1: none yet
  std::int32_t pid = 0;
  Phase phase = Phase::start;
  std::uint32_t done = 0;       // partitions of this superstep that have made their step
  std::uint32_t of = 0;         // how many have to
  std::array<char, 16> host{};  // cut, padded with zeros
};
static_assert(sizeof(Heartbeat) == 64 && std::endian::native == std::endian::little);

[[nodiscard]] std::string host_of(Heartbeat const& record);

// "superstep 7, compute, 3 of 16 partitions": where a rank is; "superstep 7, sort_by, compute, …" if `doing` says what
// the superstep does.
[[nodiscard]] std::string place_of(Heartbeat const& record, std::string const& doing = "");
// The same with " (process 81 on node07)" behind it, for a log line.
[[nodiscard]] std::string describe(Heartbeat const& record, std::string const& doing = "");

// Writes the record of this rank.
// 1. The file is written by the own thread (and once by the constructor and the destructor): all set_… are a few
//    relaxed stores and may be called from any thread, in the hottest loop.
// 2. `each_tick` runs on that thread, once a second and after each wake(), with the record as it is then. It must not
//    throw and must not call MPI.
class HeartbeatWriter {
 public:
  struct Options {
    std::filesystem::path path;  // empty: no file, only the thread
    int rank = 0;
    int ranks = 1;
    std::uint64_t incarnation = 0;
    std::function<void(Heartbeat const&)> each_tick;
    int wake_descriptor = -1;  // an eventfd that wakes the thread, such as base::Signals'
    double tick_seconds = 1;
  };

  // Makes the file, and its directory, if they are not there, and the first record. All ranks may do so at once.
  // Throws: WriteFailed, SystemError.
  explicit HeartbeatWriter(Options options);
  ~HeartbeatWriter();  // writes Phase::end
  HeartbeatWriter(HeartbeatWriter const&) = delete;
  HeartbeatWriter& operator=(HeartbeatWriter const&) = delete;

  // A new superstep, which computes: none of its `of` partitions is done. Progress.
  void begin_superstep(std::int64_t superstep, std::uint32_t of) noexcept;
  // One more partition has made its step. Progress.
  void partition_done() noexcept;
  // Progress.
  void set_phase(Phase phase) noexcept;
  // Anything else got done, such as a part of a file.
  void advance() noexcept { progress_.fetch_add(1, std::memory_order_relaxed); }

  // Lets the thread write, and call each_tick, now. From any thread and from signal handlers.
  void wake() const noexcept;

  [[nodiscard]] Heartbeat record() const noexcept;

  // 0, or errno of the last attempt to write: the job need not stop for it, but its launcher may take it for dead.
  [[nodiscard]] int write_error() const noexcept { return error_.load(std::memory_order_relaxed); }

 private:
  class File;
  void tick() noexcept;
  void write() noexcept;

  Options const options_;
  Heartbeat const about_;  // what never changes
  std::atomic<std::uint64_t> alive_{0}, progress_{0};
  std::atomic<std::int64_t> superstep_{-1};
  std::atomic<Phase> phase_{Phase::start};
  std::atomic<std::uint32_t> done_{0}, of_{0};
  std::atomic<int> error_{0};
  std::unique_ptr<File> file_;
  std::unique_ptr<base::Ticker> ticker_;
};

}  // namespace pel::store
