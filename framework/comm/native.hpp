// MPI's own handles and the check of its return codes: for the layer comm alone.
#pragma once

#include <mpi.h>

#include <boost/mpi/communicator.hpp>

#include "comm/communicator.hpp"

namespace pel::comm {

struct Communicator::Native {
  boost::mpi::communicator boost;
  [[nodiscard]] MPI_Comm handle() const { return boost; }
};

// Throws: MpiError with MPI's text unless code is MPI_SUCCESS.
void check(int code, char const* call, Communicator const& where);

}  // namespace pel::comm
