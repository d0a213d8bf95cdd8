// What a verb of a program on datasets took.
#pragma once

#include <cstdint>
#include <string>

namespace pel::engine {

// Of all supersteps of one name, on rank 0: those of a verb of datasets. `seconds`: until all ranks were done, with the
// checkpoints between.
struct VerbFigures {
  std::string name;
  std::int64_t supersteps = 0;
  double seconds = 0;
};

}  // namespace pel::engine
