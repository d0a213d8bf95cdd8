#include "data/packing.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <new>
#include <stdexcept>
#include <vector>

namespace pel::data {
namespace {

constexpr std::size_t piece_bytes = std::size_t{128} << 10U;

}  // namespace

class Packer::Stream {
 public:
  virtual ~Stream() = default;
  virtual void pack(std::span<std::byte const> bytes, bool last, Sink sink) = 0;

 protected:
  std::vector<std::byte> packed_ = std::vector<std::byte>(piece_bytes);
};

// The header names no time and no file, so the bytes depend on the text alone.
class Packer::Gzip final : public Stream {
 public:
  Gzip() {
    constexpr int gzip = 16 + MAX_WBITS, memory = 8;
    if (::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip, memory, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~Gzip() override { ::deflateEnd(&stream_); }
  Gzip(Gzip const&) = delete;
  Gzip& operator=(Gzip const&) = delete;

  void pack(std::span<std::byte const> bytes, bool last, Sink sink) override {
    do {
      auto const n = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));  // not written to
      stream_.avail_in = static_cast<uInt>(n);
      bytes = bytes.subspan(n);
      do {
        stream_.next_out = reinterpret_cast<Bytef*>(packed_.data());
        stream_.avail_out = static_cast<uInt>(packed_.size());
        if (::deflate(&stream_, last && bytes.empty() ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR)
          throw std::logic_error("deflate was called in a wrong state");
        if (auto const made = packed_.size() - stream_.avail_out; made > 0) sink({packed_.data(), made});
      } while (stream_.avail_out == 0);
    } while (!bytes.empty());
  }

 private:
  z_stream stream_{};
};

class Packer::Zstd final : public Stream {
 public:
  Zstd() : context_(ZSTD_createCCtx()) {
    if (!context_) throw std::bad_alloc();
    check(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1));
  }

  // The end comes without bytes of its own: else zstd would pack what comes at once in another way than pieces.
  void pack(std::span<std::byte const> bytes, bool last, Sink sink) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (in.pos < in.size) (void)step(in, ZSTD_e_continue, sink);
    while (last && step(in, ZSTD_e_end, sink) > 0) {
    }
  }

 private:
  struct FreeContext {
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
  };
  static std::size_t check(std::size_t result) {
    if (ZSTD_isError(result) != 0U) throw std::runtime_error(std::string("zstd: ") + ZSTD_getErrorName(result));
    return result;
  }
  std::size_t step(ZSTD_inBuffer& in, ZSTD_EndDirective directive, Sink sink) {
    ZSTD_outBuffer out{packed_.data(), packed_.size(), 0};
    auto const left = check(ZSTD_compressStream2(context_.get(), &out, &in, directive));
    if (out.pos > 0) sink({packed_.data(), out.pos});
    return left;
  }

  std::unique_ptr<ZSTD_CCtx, FreeContext> context_;
};

Packing packing_of(std::string_view path) noexcept {
  return path.ends_with(".gz") ? Packing::gzip : path.ends_with(".zst") ? Packing::zstd : Packing::none;
}

char const* ending_of(Packing packing) noexcept {
  return packing == Packing::gzip ? ".gz" : packing == Packing::zstd ? ".zst" : "";
}

Packer::Packer(Packing packing) {
  if (packing == Packing::gzip)
    stream_ = std::make_unique<Gzip>();
  else
    stream_ = std::make_unique<Zstd>();
}
Packer::~Packer() = default;
Packer::Packer(Packer&& other) noexcept = default;
Packer& Packer::operator=(Packer&& other) noexcept = default;

void Packer::add(std::span<std::byte const> bytes, Sink sink) {
  if (!bytes.empty()) stream_->pack(bytes, false, sink);
}

void Packer::finish(Sink sink) { stream_->pack({}, true, sink); }

}  // namespace pel::data
