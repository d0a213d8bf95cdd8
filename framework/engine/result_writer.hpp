// Writes what write() gives into the output files, and digests it.
#pragma once

#include <string>
#include <vector>

#include "engine/hosted.hpp"
#include "engine/placement.hpp"
#include "engine/world.hpp"
#include "store/result_file.hpp"

namespace pel::engine {

// Calls write() of every partition, writes the outputs (by the ending of their names: .h5 is HDF5, all else text), each
// complete or absent, and returns the digest of the result: 32 hexadecimal digits of XXH3-128 over the partitions'
// XXH3-128, in partition order.
// Collective: all ranks, main thread. Throws: on all ranks what any rank's write() or files threw; WriteFailed.
// Cost: h = 48 bytes a partition and 24 a column of it; l = 2 collectives and 3 a file.
[[nodiscard]] std::string write_results(World& world, Placement const& placement, HostedKernels const& kernels,
                                        std::vector<std::string> const& outputs, store::Attributes const& attributes);

}  // namespace pel::engine
