// Ranks that say they are ready for what comes next, and go on working until all have said so.
#pragma once

#include <memory>

#include "comm/communicator.hpp"

namespace pel::comm {

// One call after the other: a rank answers, once or often, and waits at last. From its answer to its wait a rank has no
// other collective with this communicator.
// Example: two ranks work off lists of different length. Each calls all_have_answered() between two pieces of work once
// it has something to tell; the first time that gives true, the other has something to tell as well, or waits.
class RollCall {
 public:
  explicit RollCall(Communicator communicator);
  ~RollCall();
  RollCall(RollCall const&) = delete;
  RollCall& operator=(RollCall const&) = delete;

  // Whether this rank has answered this call.
  [[nodiscard]] bool answered() const noexcept { return answered_; }
  // Answers this call, if this rank has not yet, and tells whether all ranks have. Waits for nobody.
  // From the main thread, before wait(). Throws: MpiError. Cost: l = 1 non-blocking collective a call.
  [[nodiscard]] bool all_have_answered();

  // Answers, and waits until all have; the next call begins.
  // Collective: all ranks, from the main thread, in the order of their other collectives. Throws: MpiError.
  void wait();

 private:
  struct Request;
  void answer();

  Communicator communicator_;
  std::unique_ptr<Request> request_;
  bool answered_ = false;
};

}  // namespace pel::comm
