// The records of sorting benchmarks. `tera:n=4M,kind=skew,seed=1` is an input of pel::read_records<pel::TeraRecord>.
#pragma once

#include "data/tera_record.hpp"
