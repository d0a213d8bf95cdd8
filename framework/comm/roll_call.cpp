#include "comm/roll_call.hpp"

#include <utility>

#include "comm/native.hpp"

namespace pel::comm {

struct RollCall::Request {
  MPI_Request barrier = MPI_REQUEST_NULL;
};

RollCall::RollCall(Communicator communicator)
    : communicator_(std::move(communicator)), request_(std::make_unique<Request>()) {}

// An answer that others have not come to hear stays under way: there is no taking it back.
RollCall::~RollCall() = default;

void RollCall::answer() {
  if (answered_) return;
  check(MPI_Ibarrier(communicator_.native().handle(), &request_->barrier), "MPI_Ibarrier", communicator_);
  answered_ = true;
}

bool RollCall::all_have_answered() {
  answer();
  int all = 0;
  check(MPI_Test(&request_->barrier, &all, MPI_STATUS_IGNORE), "MPI_Test", communicator_);
  return all != 0;
}

void RollCall::wait() {
  answer();
  check(MPI_Wait(&request_->barrier, MPI_STATUS_IGNORE), "MPI_Wait", communicator_);
  answered_ = false;
}

}  // namespace pel::comm
