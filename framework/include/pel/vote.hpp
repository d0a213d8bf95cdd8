// A partition's vote at the end of its superstep: go_on or halt.
#pragma once

#include "engine/vote.hpp"
