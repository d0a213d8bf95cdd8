#include "base/streaming_copy.hpp"

#include <cstdint>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace pel::base {

#if defined(__SSE2__)

void streaming_copy(std::span<std::byte const> from, std::span<std::byte> to) noexcept {
  constexpr std::size_t line = 64, vector = sizeof(__m128i), worth_it = std::size_t{256} << 10U;
  if (from.size() < worth_it) {
    if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
    return;
  }
  auto const head = (line - reinterpret_cast<std::uintptr_t>(to.data()) % line) % line;
  std::memcpy(to.data(), from.data(), head);
  auto at = head;
  for (; at + line <= from.size(); at += line) {
    auto const* source = reinterpret_cast<__m128i const*>(from.data() + at);
    auto* target = reinterpret_cast<__m128i*>(to.data() + at);
    __m128i values[line / vector];
    for (std::size_t i = 0; i < line / vector; ++i) values[i] = _mm_loadu_si128(source + i);
    for (std::size_t i = 0; i < line / vector; ++i) _mm_stream_si128(target + i, values[i]);
  }
  std::memcpy(to.data() + at, from.data() + at, from.size() - at);
  _mm_sfence();  // streamed lines are ordered with nothing else
}

#else

void streaming_copy(std::span<std::byte const> from, std::span<std::byte> to) noexcept {
  if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
}

#endif

}  // namespace pel::base
