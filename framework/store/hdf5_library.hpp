// HDF5 as a library that must be started.
#pragma once

namespace pel::store {

// HDF5's first call in a process makes calls of MPI (it is built with it), which only the main thread may make: so call
// this there, when MPI runs, before any other thread uses HDF5.
void open_hdf5_library();

}  // namespace pel::store
