#include "store/packed_field.hpp"

#include <zstd.h>

#include <algorithm>
#include <new>

#include "store/block_sums.hpp"

namespace pel::store {
namespace {

constexpr int fastest = 1;
constexpr std::size_t least_bytes = std::size_t{64} << 10U;
constexpr std::size_t sample_bytes = std::size_t{1} << 20U;

std::vector<std::byte> compressed(std::span<std::byte const> bytes) {
  std::vector<std::byte> packed(ZSTD_compressBound(bytes.size()));
  auto const n = ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), fastest);
  if (ZSTD_isError(n) != 0) throw std::bad_alloc();  // the room is enough: nothing else can fail
  packed.resize(n);
  packed.shrink_to_fit();
  return packed;
}

// From the middle, where a field is most like itself.
bool worth_it(std::span<std::byte const> bytes) {
  auto const n = std::min(sample_bytes, bytes.size());
  return compressed(bytes.subspan((bytes.size() - n) / 2, n)).size() < n / 4 * 3;
}

}  // namespace

std::uint64_t most_chunk_rows(FieldInfo const& info) noexcept {
  return std::max<std::uint64_t>(1, block_bytes / std::max<std::uint64_t>(1, info.row_bytes()));
}

std::optional<PackedField> packed(FieldInfo const& info, std::span<std::byte const> bytes) {
  if (bytes.size() < least_bytes || !worth_it(bytes)) return std::nullopt;
  // HDF5 takes no chunk that is larger than its dataset.
  PackedField field{std::min(most_chunk_rows(info), bytes.size() / info.row_bytes()), {}};
  auto const whole = field.chunk_rows * info.row_bytes();
  std::vector<std::byte> last;
  for (std::size_t at = 0; at < bytes.size(); at += whole) {
    auto chunk = bytes.subspan(at, std::min<std::size_t>(whole, bytes.size() - at));
    if (chunk.size() < whole) {
      last.assign(chunk.begin(), chunk.end());
      last.resize(whole);
      chunk = last;
    }
    field.chunks.push_back(compressed(chunk));
  }
  return field;
}

bool unpack(std::span<std::byte const> chunk, std::span<std::byte> to) {
  auto const n = ZSTD_decompress(to.data(), to.size(), chunk.data(), chunk.size());
  return ZSTD_isError(n) == 0 && n == to.size();
}

}  // namespace pel::store
