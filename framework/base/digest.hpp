// XXH3-128: the digest by which inputs, checkpoints and results are told apart. Not cryptographic.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace pel::base {

// 16 bytes, in the canonical (big-endian) order of XXH128.
using Digest = std::array<std::byte, 16>;

[[nodiscard]] Digest digest_of(std::span<std::byte const> bytes) noexcept;

// 32 hexadecimal digits.
[[nodiscard]] std::string to_hex(Digest const& digest);

// XXH3-64 of the bytes.
[[nodiscard]] std::uint64_t checksum_of(std::span<std::byte const> bytes) noexcept;

// The digest of bytes that come piece by piece: equal to digest_of() of all pieces in a row.
class DigestStream {
 public:
  DigestStream();
  ~DigestStream();
  DigestStream(DigestStream&&) noexcept;
  DigestStream& operator=(DigestStream&&) noexcept;

  DigestStream& add(std::span<std::byte const> bytes) noexcept;
  // A length, then the text: so that "ab" + "c" and "a" + "bc" differ.
  DigestStream& add_text(std::string const& text) noexcept;
  [[nodiscard]] Digest finish() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pel::base
