// Packs texts with zstd, as a test's input.
#pragma once

#include <zstd.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pel::test {

// With a checksum, as the program zstd does.
[[nodiscard]] inline std::string packed(std::string_view text) {
  std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> const context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string result(ZSTD_compressBound(text.size()), '\0');
  auto const size = ZSTD_compress2(context.get(), result.data(), result.size(), text.data(), text.size());
  if (ZSTD_isError(size) != 0U) throw std::runtime_error("ZSTD_compress2 failed");
  result.resize(size);
  return result;
}

}  // namespace pel::test
