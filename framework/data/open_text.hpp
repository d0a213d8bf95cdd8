// Opens the text inputs of a job, the same on all ranks.
#pragma once

#include <string>
#include <vector>

#include "data/text_input.hpp"

namespace pel::engine {
class JobCore;
}

namespace pel::data {

// The output of data::package_lists() on every rank; only rank 0 asks the machine, before MPI starts where it can.
// Empty if the machine knows fewer than 1,000 packages: container images ship no lists.
// Collective: all ranks. Throws: on all ranks the same: SystemError.
[[nodiscard]] std::string shared_package_lists(engine::JobCore& job);

// Collective: all ranks. See pel::open_text.
[[nodiscard]] TextInput open_text(engine::JobCore& job, std::vector<std::string> const& names,
                                  Sniffed sniffed = always_sniffed);

}  // namespace pel::data
