#include "data/zstd_file.hpp"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "pel/error.hpp"

namespace pel::data {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};
using Context = std::unique_ptr<ZSTD_DCtx, FreeContext>;

Context make_context() {
  Context context(ZSTD_createDCtx());
  if (!context) throw std::bad_alloc();
  // Files packed with --long need a larger window than is allowed by default.
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, sizeof(void*) == 8 ? 31 : 30);
  return context;
}

[[noreturn]] void damaged(File const& file, std::uint64_t offset, std::string const& why) {
  throw BadData(file.path(), 0, 0, static_cast<std::int64_t>(offset), "damaged zstd data: " + why);
}

// Makes room for what the first frame says it holds, but a damaged header cannot ask for everything.
void make_room(std::string& text, std::span<char const> first_bytes) {
  constexpr std::uint64_t most = std::uint64_t{1} << 32;
  auto const size = ZSTD_getFrameContentSize(first_bytes.data(), first_bytes.size());
  if (size != ZSTD_CONTENTSIZE_UNKNOWN && size != ZSTD_CONTENTSIZE_ERROR && size < most) text.reserve(size);
}

}  // namespace

bool is_zstd(File const& file) {
  std::array<char, 4> first{};
  if (file.size() < first.size()) return false;
  file.read_at(0, first);
  return std::string_view(first.data(), first.size()) == "\x28\xB5\x2F\xFD";
}

std::string unpack_zstd(File const& file) {
  std::string text;
  std::vector<char> packed(piece_bytes), unpacked(piece_bytes);
  auto const context = make_context();
  std::size_t still_wanted = 1;  // 0 where a frame has just ended
  for (std::uint64_t at = 0; at < file.size();) {
    auto const piece =
        std::span(packed).first(static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, file.size() - at)));
    file.read_at(at, piece);
    if (at == 0) make_room(text, piece);
    ZSTD_inBuffer in{piece.data(), piece.size(), 0};
    bool full = false;  // the output buffer: then there may be more to come without further input
    while (in.pos < in.size || full) {
      ZSTD_outBuffer out{unpacked.data(), unpacked.size(), 0};
      auto const before = in.pos;
      auto const wanted = ZSTD_decompressStream(context.get(), &out, &in);
      if (ZSTD_isError(wanted) != 0U) damaged(file, at + in.pos, ZSTD_getErrorName(wanted));
      if (in.pos != before || out.pos != 0) still_wanted = wanted;  // a call that did nothing says nothing
      text.append(unpacked.data(), out.pos);
      full = out.pos == out.size;
    }
    at += piece.size();
  }
  if (still_wanted != 0) damaged(file, file.size(), "the file ends in the middle of a frame");
  return text;
}

}  // namespace pel::data
