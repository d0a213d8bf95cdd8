#include "engine/admission.hpp"

#include "engine/rounds.hpp"

namespace pel::engine {

Admission::Admission(Rounds& rounds, std::uint64_t bytes, std::uint64_t limit) : rounds_(rounds), bytes_(bytes) {
  rounds.admit(bytes, limit);
}

Admission::~Admission() { rounds_.release(bytes_); }

}  // namespace pel::engine
