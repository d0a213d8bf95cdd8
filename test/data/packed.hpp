// Packs texts with zstd, as a test's input.
#pragma once

#include <zstd.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace pel::test {

[[nodiscard]] inline std::string packed(std::string_view text) {
  std::string result(ZSTD_compressBound(text.size()), '\0');
  auto const size = ZSTD_compress(result.data(), result.size(), text.data(), text.size(), 3);
  if (ZSTD_isError(size) != 0U) throw std::runtime_error("ZSTD_compress failed");
  result.resize(size);
  return result;
}

}  // namespace pel::test
