// Who owns a key: Block, Hashed, Range.
#pragma once

#include "base/distribution.hpp"
