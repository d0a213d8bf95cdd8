#include "base/hash.hpp"

#include <xxhash.h>

namespace pel::base {

std::uint64_t hash_text(std::string_view text) noexcept { return XXH3_64bits(text.data(), text.size()); }

}  // namespace pel::base
