// A hash table that combines the values of equal keys, and keeps keys in order of first appearance.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/hash.hpp"
#include "data/element.hpp"

namespace pel::data {

// Keys are hashed by a fixed function of their value, never by std::hash: texts and bytes by XXH3-64, integers by
// SplitMix64's finaliser.
template <class K>
[[nodiscard]] inline std::uint64_t key_hash(K const& key) noexcept {
  if constexpr (base::Hashable<K>) {
    return base::stable_hash(key);
  } else {
    static_assert(std::has_unique_object_representations_v<K>,
                  "pel: a key is an integer, an enumeration, a text, or a plain type whose equal values have equal "
                  "bytes (no padding, no floating point)");
    return base::hash_text({reinterpret_cast<char const*>(&key), sizeof key});
  }
}

// How a key lies in an entry: plain ones as they are, of a text its first 8 bytes and where all of it lies.
template <class K>
class KeyPlaces {
 public:
  using Place = K;
  [[nodiscard]] Place put(K const& key) { return key; }
  [[nodiscard]] bool equal(Place const& place, K const& key) const noexcept { return place == key; }
  [[nodiscard]] K const& at(Place const& place) const noexcept { return place; }
  void clear() noexcept {}
  [[nodiscard]] std::size_t bytes() const noexcept { return 0; }
};

template <>
class KeyPlaces<std::string> {
 public:
  struct Place {
    std::uint64_t head;      // the first 8 bytes, filled up with zeros
    std::uint32_t at, size;  // in the arena
  };
  [[nodiscard]] Place put(std::string_view key);
  [[nodiscard]] bool equal(Place const& place, std::string_view key) const noexcept {
    return place.size == key.size() && place.head == head_of(key) &&
           (key.size() <= 8 || std::memcmp(bytes_.data() + place.at + 8, key.data() + 8, key.size() - 8) == 0);
  }
  [[nodiscard]] std::string_view at(Place const& place) const noexcept {
    return {bytes_.data() + place.at, place.size};
  }
  void clear() noexcept { bytes_.clear(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.size(); }

 private:
  [[nodiscard]] static std::uint64_t head_of(std::string_view key) noexcept {
    std::uint64_t head = 0;
    if (key.size() >= 8) {
      std::memcpy(&head, key.data(), 8);
    } else if (key.size() >= 4) {  // two reads that overlap: no loop over bytes
      std::uint32_t first = 0, last = 0;
      std::memcpy(&first, key.data(), 4);
      std::memcpy(&last, key.data() + key.size() - 4, 4);
      head = first | static_cast<std::uint64_t>(last) << (8 * (key.size() - 4));
    } else if (!key.empty()) {
      auto const byte = [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(key[i])); };
      head = byte(0) | byte(key.size() / 2) << (8 * (key.size() / 2)) | byte(key.size() - 1) << (8 * (key.size() - 1));
    }
    return head;
  }

  std::vector<char> bytes_;
};

// Open addressing with linear probing, filled to three quarters at most. The table holds 32 bits of the hash and the
// number of the entry; entries lie apart, in order of first appearance, so that growing moves table words only. The
// slot comes from the low bits of the hash, as the destination of a key comes from its high ones.
// Invariant: at most 2^32 - 2 keys.
template <class K, class V>
class KeyTable {
 public:
  struct Slot {
    typename KeyPlaces<K>::Place key;
    std::uint64_t hash;
    V value;
  };

  KeyTable();
  ~KeyTable();
  KeyTable(KeyTable&& other) noexcept;
  KeyTable& operator=(KeyTable&& other) noexcept;

  // What belongs to the key now, and whether it is new: then it is a default value.
  struct Found {
    V& value;
    bool is_new;
  };
  [[nodiscard]] Found find(ViewOf<K> const& key, std::uint64_t hash) {
    auto const tag = hash >> 32U;
    for (auto at = hash & mask_;; at = (at + 1) & mask_) {
      auto const word = words_[at];
      if (word == 0) return insert(at, key, hash);
      if (word >> 32U == tag) {
        auto& entry = entries_[static_cast<std::uint32_t>(word) - 1];
        if (places_.equal(entry.key, key)) return {entry.value, false};
      }
    }
  }

  // The value of a key; nullptr if it is not there.
  [[nodiscard]] V* look(ViewOf<K> const& key, std::uint64_t hash) noexcept {
    auto const at = number_of(key, hash);
    return at == none ? nullptr : &entries_[at].value;
  }
  [[nodiscard]] V const* look(ViewOf<K> const& key, std::uint64_t hash) const noexcept {
    auto const at = number_of(key, hash);
    return at == none ? nullptr : &entries_[at].value;
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::span<Slot> slots() noexcept { return entries_; }
  [[nodiscard]] ViewOf<K> key_of(Slot const& slot) const noexcept { return places_.at(slot.key); }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return words_.size() * sizeof words_[0] + entries_.capacity() * sizeof(Slot) + places_.bytes();
  }

  // About what a key takes, without its text.
  static constexpr std::size_t bytes_a_key = sizeof(Slot) + 2 * sizeof(std::uint64_t);
  // What it takes while it grows for one more key.
  [[nodiscard]] std::size_t bytes_with_another() const noexcept {
    auto const growing = entries_.size() == entries_.capacity() ? 2 * entries_.size() * sizeof(Slot) : 0;
    return bytes() + growing;
  }

  // Room for n keys.
  void reserve(std::size_t n);
  // Memory stays.
  void clear() noexcept;

 private:
  static constexpr std::size_t first_slots = 256;
  static constexpr std::size_t most_keys = 0xfffffffe;
  static constexpr std::size_t none = ~std::size_t{0};

  [[nodiscard]] std::size_t number_of(ViewOf<K> const& key, std::uint64_t hash) const noexcept {
    auto const tag = hash >> 32U;
    for (auto at = hash & mask_; words_[at] != 0; at = (at + 1) & mask_) {
      if (words_[at] >> 32U != tag) continue;
      auto const number = static_cast<std::uint32_t>(words_[at]) - 1;
      if (places_.equal(entries_[number].key, key)) return number;
    }
    return none;
  }

  [[gnu::noinline]] Found insert(std::size_t at, ViewOf<K> const& key, std::uint64_t hash);
  void grow_to(std::size_t slots);

  std::vector<std::uint64_t> words_;  // high half: of the hash; low half: number of the entry + 1; 0: empty
  std::size_t mask_ = 0;
  std::vector<Slot> entries_;
  KeyPlaces<K> places_;
};

// What follows stands outside of the class, so that nobody compiles it again where the library has it.
template <class K, class V>
KeyTable<K, V>::KeyTable() {
  grow_to(first_slots);
}

template <class K, class V>
KeyTable<K, V>::~KeyTable() = default;

template <class K, class V>
KeyTable<K, V>::KeyTable(KeyTable&& other) noexcept = default;

template <class K, class V>
KeyTable<K, V>& KeyTable<K, V>::operator=(KeyTable&& other) noexcept = default;

template <class K, class V>
void KeyTable<K, V>::reserve(std::size_t n) {
  entries_.reserve(n);
  auto const slots = std::bit_ceil(n + n / 2 + 1);
  if (slots > words_.size()) grow_to(slots);
}

template <class K, class V>
void KeyTable<K, V>::clear() noexcept {
  std::fill(words_.begin(), words_.end(), std::uint64_t{0});
  entries_.clear();
  places_.clear();
}

template <class K, class V>
typename KeyTable<K, V>::Found KeyTable<K, V>::insert(std::size_t at, ViewOf<K> const& key, std::uint64_t hash) {
  if (entries_.size() >= most_keys)
    throw std::length_error("more than 2^32 keys in one partition: start with more --partitions");
  if ((entries_.size() + 1) * 4 > words_.size() * 3) {
    grow_to(words_.size() * 2);
    for (at = hash & mask_; words_[at] != 0;) at = (at + 1) & mask_;
  }
  entries_.push_back({places_.put(key), hash, V{}});
  words_[at] = hash >> 32U << 32U | entries_.size();
  return {entries_.back().value, true};
}

template <class K, class V>
void KeyTable<K, V>::grow_to(std::size_t slots) {
  words_.assign(slots, 0);
  mask_ = slots - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    auto const hash = entries_[i].hash;
    auto at = hash & mask_;
    while (words_[at] != 0) at = (at + 1) & mask_;
    words_[at] = hash >> 32U << 32U | (i + 1);
  }
}

// Of counts of texts, the commonest of all, it is compiled once, in the library.
extern template class KeyTable<std::string, std::int64_t>;

}  // namespace pel::data
