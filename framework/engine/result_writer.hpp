// Writes what write() gives into the output files, and digests it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "engine/placement.hpp"
#include "engine/result_check.hpp"
#include "engine/result_columns.hpp"
#include "engine/world.hpp"
#include "store/result_file.hpp"

namespace pel::engine {

struct Written {
  std::string digest;    // of the result: 32 hexadecimal digits of XXH3-128 over the partitions', in partition order
  std::string mismatch;  // what the check says, on all ranks
};

// Whose result it is, and what gives the columns of a partition of this rank, on any thread.
struct ResultSource {
  std::string name;
  std::function<void(std::size_t slot, Partition partition, ResultColumns& columns)> write;
};

// Calls write() of every partition, writes the outputs (by the ending of their names: .h5 is HDF5, all else text), each
// complete or absent, and then has the result checked, if there is a check.
// Collective: all ranks, main thread. Throws: on all ranks what any rank's write() or files threw; WriteFailed.
// Cost: h = 48 bytes a partition and 24 a column of it; l = 2 collectives and 3 a file. A check: the text of all
// partitions comes to rank 0.
[[nodiscard]] Written write_results(World& world, Placement const& placement, ResultSource const& source,
                                    std::vector<std::string> const& outputs, store::Attributes const& attributes,
                                    ResultCheck const& check);

}  // namespace pel::engine
