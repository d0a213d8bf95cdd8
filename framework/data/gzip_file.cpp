#include "data/gzip_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <vector>

#include "pel/error.hpp"

namespace pel::data {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20;
constexpr std::string_view magic = "\x1F\x8B";

// Unpacks the members of a file, one after the other.
class Unpacker {
 public:
  explicit Unpacker(File const& file) : file_(file), packed_(piece_bytes), unpacked_(piece_bytes) {
    constexpr int gzip_alone = 16 + MAX_WBITS;
    if (::inflateInit2(&stream_, gzip_alone) != Z_OK) throw std::bad_alloc();
  }
  ~Unpacker() { ::inflateEnd(&stream_); }
  Unpacker(Unpacker const&) = delete;
  Unpacker& operator=(Unpacker const&) = delete;

  std::string all() {
    make_room();
    while (refill()) {
      if (!inside_ && members_ > 0 && only_zeros_are_left()) return std::move(text_);
      inside_ = true;
      step();
    }
    if (inside_ || members_ == 0) damaged(file_.size(), "the file ends in the middle of a member");
    return std::move(text_);
  }

 private:
  // The last four bytes say how long the text is, modulo 2^32, if there is one member; but no text is that much longer.
  void make_room() {
    constexpr std::uint64_t most_ratio = 1040;
    std::array<char, 4> last{};
    if (file_.size() < last.size()) return;
    file_.read_at(file_.size() - last.size(), last);
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < last.size(); ++i) size |= std::uint64_t{static_cast<unsigned char>(last[i])} << (8 * i);
    if (size / most_ratio <= file_.size()) text_.reserve(static_cast<std::size_t>(size));
  }

  // Sees to it that there is something to unpack; false at the end of the file.
  bool refill() {
    if (stream_.avail_in > 0) return true;
    if (at_ == file_.size()) return false;
    auto const piece =
        std::span(packed_).first(static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, file_.size() - at_)));
    file_.read_at(at_, piece);
    at_ += piece.size();
    stream_.next_in = reinterpret_cast<Bytef*>(piece.data());
    stream_.avail_in = static_cast<uInt>(piece.size());
    return true;
  }

  // Unpacks what is there, up to the end of a member.
  void step() {
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(unpacked_.data());
      stream_.avail_out = static_cast<uInt>(unpacked_.size());
      auto const result = ::inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_MEM_ERROR) throw std::bad_alloc();
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        damaged(offset(), stream_.msg == nullptr ? "it is none" : stream_.msg);
      text_.append(unpacked_.data(), unpacked_.size() - stream_.avail_out);
      if (result == Z_STREAM_END) {
        ++members_;
        inside_ = false;
        ::inflateReset(&stream_);
        return;
      }
    } while (stream_.avail_out == 0);  // else all that was there has been taken
  }

  // Behind a member: whether nothing but padding follows.
  bool only_zeros_are_left() {
    std::string_view const rest(reinterpret_cast<char const*>(stream_.next_in), stream_.avail_in);
    if (rest.front() != '\0') return false;
    auto const start = offset();
    do {
      auto const* const first = stream_.next_in;
      auto const* const last = first + stream_.avail_in;
      if (std::any_of(first, last, [](Bytef byte) { return byte != 0; }))
        damaged(start, "no further member begins here");
      stream_.avail_in = 0;
    } while (refill());
    return true;
  }

  [[nodiscard]] std::uint64_t offset() const noexcept { return at_ - stream_.avail_in; }

  [[noreturn]] void damaged(std::uint64_t offset, std::string const& why) const {
    throw BadData(file_.path(), 0, 0, static_cast<std::int64_t>(offset), "damaged gzip data: " + why);
  }

  File const& file_;
  std::vector<char> packed_, unpacked_;
  std::string text_;
  z_stream stream_{};
  std::uint64_t at_ = 0;  // how much of the file was read
  bool inside_ = false;   // a member
  int members_ = 0;
};

}  // namespace

bool is_gzip(File const& file) {
  std::array<char, magic.size()> first{};
  if (file.size() < first.size()) return false;
  file.read_at(0, first);
  return std::string_view(first.data(), first.size()) == magic;
}

std::string unpack_gzip(File const& file) { return Unpacker(file).all(); }

}  // namespace pel::data
