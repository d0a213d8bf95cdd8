// Random numbers that depend on (job seed, partition, superstep) alone.
#pragma once

#include "base/random.hpp"
