// Work on all threads of a rank that may fail.
#pragma once

#include <cstddef>
#include <exception>
#include <vector>

#include "engine/workers.hpp"

namespace pel::graph {

// Calls work(item, worker) for the items 0 … n - 1 as Workers::for_each() does. Throws: of several failures that of the
// lowest item, when all are done.
template <class Work>
void in_parallel(engine::Workers& workers, std::size_t n, Work const& work) {
  std::vector<std::exception_ptr> failures(n);
  workers.for_each(n, [&](std::size_t item, int worker) {
    try {
      work(item, static_cast<std::size_t>(worker));
    } catch (...) {
      failures[item] = std::current_exception();
    }
  });
  for (auto const& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace pel::graph
