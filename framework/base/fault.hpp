// Fault injection, compiled in always: the environment variable PEL_FAULT names a point of the program and what is to
// go wrong there, so that every promise about recovery can be tested.
//
//   PEL_FAULT="point=superstep,rank=1,superstep=7,action=kill"
//
// Keys: point (required), rank, superstep, partition (each: any if not given), action:
//   kill    this process gets SIGKILL                 throw   a std::runtime_error("injected fault at <point>")
//   stop    this process gets SIGSTOP                 enospc  a WriteFailed with ENOSPC
//   exit0   this process ends with 0, at once
// Points: load, deal, construct, superstep, exchange, halo, fold, save, part_written, before_commit, committed,
// restore, write, output, publish; exchange and halo are inside the traffic between ranks.
#pragma once

#include <cstdint>
#include <string>

namespace pel::base {

class Fault {
 public:
  // Reads PEL_FAULT. Throws: UsageError where it cannot be read.
  Fault();
  // The same from a text; empty: no fault.
  explicit Fault(std::string const& text);

  // Does what the fault asks for if this is its point. `rank` is this process's.
  void reach(char const* point, int rank, std::int64_t superstep = -1, std::int64_t partition = -1) const {
    if (!point_.empty()) act(point, rank, superstep, partition);
  }

 private:
  void act(char const* point, int rank, std::int64_t superstep, std::int64_t partition) const;

  std::string point_, action_;
  std::int64_t rank_ = -1, superstep_ = -1, partition_ = -1;  // -1: any
};

}  // namespace pel::base
