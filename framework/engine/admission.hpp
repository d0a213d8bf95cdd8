// Memory that one step of a superstep holds, beside those of others.
#pragma once

#include <cstdint>

namespace pel::engine {

class Rounds;

// What one step was admitted with: see Rounds::admit().
class Admission {
 public:
  Admission(Rounds& rounds, std::uint64_t bytes, std::uint64_t limit);
  ~Admission();
  Admission(Admission const&) = delete;
  Admission& operator=(Admission const&) = delete;

 private:
  Rounds& rounds_;
  std::uint64_t bytes_;
};

}  // namespace pel::engine
