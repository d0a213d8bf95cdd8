// Hashes that are the same on every machine, build and run: who owns a key follows from them, and so every result.
// (std::hash is not specified, and is the identity on integers in libstdc++.)
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace pel::base {

// The finaliser of SplitMix64: a bijection of 64 bits in which each input bit changes each output bit with about even
// odds. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014; constants of
// variant 13 of Stafford's mixers.
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t z) noexcept {
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

// XXH3-64 of the bytes of a text.
[[nodiscard]] std::uint64_t hash_text(std::string_view text) noexcept;

// The hash of a key: mix64 for integers and enumerations (their value as 64 bits, sign-extended), XXH3-64 for texts.
template <class Key>
requires std::integral<Key> || std::is_enum_v<Key>
[[nodiscard]] constexpr std::uint64_t stable_hash(Key key) noexcept {
  return mix64(static_cast<std::uint64_t>(key) + 0x9e3779b97f4a7c15ULL);
}
[[nodiscard]] inline std::uint64_t stable_hash(std::string_view text) noexcept { return hash_text(text); }

template <class Key>
concept Hashable = requires(Key const& key) {
  { stable_hash(key) } -> std::same_as<std::uint64_t>;
};

// The high bits of a hash, scaled to 0 … n - 1: an even split without a division. Requires: n > 0.
// Source: Lemire, "Fast random integer generation in an interval", ACM TOMACS 2019.
[[nodiscard]] constexpr std::uint32_t scale_down(std::uint64_t hash, std::uint32_t n) noexcept {
  return static_cast<std::uint32_t>(((hash >> 32U) * n) >> 32U);
}

}  // namespace pel::base
