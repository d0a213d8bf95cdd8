// Fault injection, compiled in always: the environment variable PEL_FAULT names a point of the program and what is to
// go wrong there, so that every promise about recovery can be tested.
//
//   PEL_FAULT="point=part_synced,rank=1,epoch=2,action=kill"
//
// Keys (point and action are required; the others: any if not given):
//   point        see below                  partition    of the point
//   rank         of the process             epoch        the superstep after which an epoch's state is, at a point of
//   superstep    of the point                            its commit; elsewhere the same as superstep
//   incarnation  of the launch, by PEL_INCARNATION (0 without it): a fault that a relaunch does not meet again
// Actions:
//   kill     this process gets SIGKILL      throw        a std::runtime_error("injected fault at <point>")
//   stop     this process gets SIGSTOP      errno=NAME   a WriteFailed with that errno: errno=ENOSPC, EIO, EDQUOT …
//   segv     this process gets SIGSEGV      enospc       the same as errno=ENOSPC
//   abort    this process gets SIGABRT      delay=5s     sleeps (also 0.5s), then goes on
//   mute     an exception without words
//   exit0    this process ends with 0,      hang         never returns
//            at once
// Points:
//   of a run       load, deal, construct, superstep, exchange, halo, fold, save, restore, write, output, publish;
//                  exchange and halo are inside the traffic between ranks
//   of a commit    agreed, snapshot, skeleton, allocated, payload_piece, payload_mid, payload, part_synced, gathered,
//                  index, manifest, dir_synced, before_rename, renamed, committed, trashed
//   of a restart   restore_list, restore_read, restore_agreed
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pel::base {

// May be used from several threads at once.
class Fault {
 public:
  // Reads PEL_FAULT. Throws: UsageError where it cannot be read.
  Fault();
  // The same from a text; empty: no fault.
  explicit Fault(std::string const& text);

  // Does what the fault asks for if this is its point. `rank` is this process's; at a point of a commit `superstep` is
  // the epoch's.
  void reach(char const* point, int rank, std::int64_t superstep = -1, std::int64_t partition = -1) const {
    if (!point_.empty() && meant(point, rank, superstep, partition)) act(point);
  }

 private:
  void set(std::string_view key, std::string_view value);
  [[nodiscard]] bool meant(char const* point, int rank, std::int64_t superstep, std::int64_t partition) const;
  void act(char const* point) const;

  std::string point_, action_;
  std::int64_t rank_ = -1, superstep_ = -1, partition_ = -1, epoch_ = -1, incarnation_ = -1;  // -1: any
  std::int64_t launch_ = 0;                                                                   // this process's own
  int errno_ = 0;
  double delay_seconds_ = 0;
};

}  // namespace pel::base
