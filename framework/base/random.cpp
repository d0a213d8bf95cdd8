#include "base/random.hpp"

#include <Random123/philox.h>

namespace pel {

Random::result_type Random::operator()() noexcept {
  if (left_ == 0) {
    r123::Philox4x64 const generate;
    auto const block = generate({{block_++, stream_, 0, 0}}, {{key_[0], key_[1]}});
    for (unsigned i = 0; i < 4; ++i) numbers_[i] = block[i];
    left_ = 4;
  }
  return numbers_[4 - left_--];
}

}  // namespace pel
