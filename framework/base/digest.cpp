#include "base/digest.hpp"

#include <xxhash.h>

#include <cstring>
#include <new>

namespace pel::base {
namespace {

Digest canonical(XXH128_hash_t const& hash) noexcept {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, hash);
  Digest digest;
  std::memcpy(digest.data(), bytes.digest, digest.size());
  return digest;
}

}  // namespace

Digest digest_of(std::span<std::byte const> bytes) noexcept {
  return canonical(XXH3_128bits(bytes.data(), bytes.size()));
}

std::string to_hex(Digest const& digest) {
  constexpr char const* digits = "0123456789abcdef";
  std::string text;
  for (auto const byte : digest) {
    auto const value = std::to_integer<unsigned>(byte);
    text += digits[value >> 4U];
    text += digits[value & 15U];
  }
  return text;
}

std::uint64_t checksum_of(std::span<std::byte const> bytes) noexcept { return XXH3_64bits(bytes.data(), bytes.size()); }

struct DigestStream::State {
  XXH3_state_t* xxh = XXH3_createState();
  State() {
    if (xxh == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(xxh);
  }
  ~State() { XXH3_freeState(xxh); }
  State(State const&) = delete;
  State& operator=(State const&) = delete;
};

DigestStream::DigestStream() : state_(std::make_unique<State>()) {}
DigestStream::~DigestStream() = default;
DigestStream::DigestStream(DigestStream&&) noexcept = default;
DigestStream& DigestStream::operator=(DigestStream&&) noexcept = default;

DigestStream& DigestStream::add(std::span<std::byte const> bytes) noexcept {
  XXH3_128bits_update(state_->xxh, bytes.data(), bytes.size());
  return *this;
}

DigestStream& DigestStream::add_text(std::string const& text) noexcept {
  std::uint64_t const size = text.size();
  add(std::as_bytes(std::span(&size, 1)));
  return add(std::as_bytes(std::span(text)));
}

Digest DigestStream::finish() const noexcept { return canonical(XXH3_128bits_digest(state_->xxh)); }

}  // namespace pel::base
