// Properties of RapidCheck within test cases of doctest.
#pragma once

#include <cstdlib>
#include <string>

namespace pel::test {

// The same values in every run and, under MPI, on every rank: to be called before the first property. RC_PARAMS of the
// environment wins.
inline void seed_properties(int cases) {
  auto const parameters = "seed=4711 max_success=" + std::to_string(cases);
  setenv("RC_PARAMS", parameters.c_str(), 0);
}

}  // namespace pel::test
