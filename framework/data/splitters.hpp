// Where sorted elements are cut into partitions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/element.hpp"
#include "data/packed.hpp"
#include "data/sort_key.hpp"

namespace pel::data {

// Where an element stands in the input: ties of keys are in this order, so that equal keys are cut like others.
struct Standing {
  std::uint32_t partition = 0;
  std::uint64_t index = 0;
  friend auto operator<=>(Standing const&, Standing const&) = default;
};

// Keys of elements of a partition, of which it is not known beforehand how many there are: one of every stretch of 1
// element, then of 2, 4, … as they become twice the number wanted, or have too many bytes. Which one of its stretch is
// a matter of chance (a hash of partition and place), so that keys that come again after so many elements are all among
// them. Of a long text the beginning is enough: with the place of its element it is a point in the order of all
// elements, if not one of them. Memory: 512 KiB of keys, which all ranks have of all partitions.
// Example: of texts of 1 MiB there are 32 to 64 samples of 8 KiB. Texts with the same first 8 KiB are cut nowhere then.
template <class K>
class KeySamples {
 public:
  static constexpr std::size_t wanted = 256;
  static constexpr std::size_t most_bytes = std::size_t{512} << 10U;

  explicit KeySamples(std::uint64_t partition) : seed_(base::mix64(partition)) {}

  void add(ViewOf<K> const& key) {
    if (count_ == next_) {
      add_picked(count_, key);
      while (samples_.size() == 2 * wanted || are_too_large()) halve();
      next_ = pick(samples_.size() * stride_, stride_);
    }
    ++count_;
  }
  // Bytes of elements, as they travel.
  void note_bytes(std::uint64_t bytes) { bytes_ += bytes; }
  // Of elements that can be looked up, `count` of them, with keys of at most so many bytes: they are picked in
  // stretches of stride().
  void set(std::uint64_t count, std::size_t key_bytes) {
    auto const bytes = Text<K> ? std::min(key_bytes, longest) : sizeof(K);
    count_ = count;
    stride_ = std::max<std::uint64_t>(1, count / std::clamp(most_bytes / (2 * bytes), fewest, wanted));
  }
  [[nodiscard]] std::uint64_t stride() const noexcept { return stride_; }
  // Which element of a stretch, and that one's key.
  [[nodiscard]] std::uint64_t pick(std::uint64_t begin, std::uint64_t length) const noexcept {
    return begin + base::mix64(seed_ ^ (begin + length * stride_)) % length;
  }
  void add_picked(std::uint64_t index, ViewOf<K> const& whole) {
    auto const key = cut(whole);
    samples_.push_back({index, K(key)});
    kept_bytes_ += packed_size<K>(key);
  }

  void put(std::vector<std::byte>& bytes) const {
    auto at = bytes.size();
    bytes.resize(at + (3 + samples_.size()) * sizeof(std::uint64_t) + kept_bytes_);
    auto* to = pack<std::uint64_t>(count_, bytes.data() + at);
    to = pack<std::uint64_t>(stride_, to);
    to = pack<std::uint64_t>(bytes_, to);
    for (auto const& sample : samples_) to = pack<K>(sample.key, pack<std::uint64_t>(sample.index, to));
  }

 private:
  static constexpr std::size_t fewest = 32;  // that are kept, however long they are
  static constexpr std::size_t longest = most_bytes / (2 * fewest);

  struct Sample {
    std::uint64_t index;
    K key;
  };
  // A text's beginning.
  [[nodiscard]] static ViewOf<K> cut(ViewOf<K> const& key) noexcept {
    if constexpr (Text<K>) return key.substr(0, longest);
    return key;
  }
  [[nodiscard]] bool are_too_large() const noexcept {
    return kept_bytes_ > most_bytes && samples_.size() >= 2 * fewest && samples_.size() % 2 == 0;
  }
  // Stretches twice as long, with the sample of one of their halves. Requires: an even number of them.
  void halve() {
    stride_ *= 2;
    for (std::size_t i = 0; 2 * i < samples_.size(); ++i)
      if (auto const from = pick(2 * i, 2); from != i) samples_[i] = std::move(samples_[from]);
    samples_.resize(samples_.size() / 2);
    kept_bytes_ = 0;
    for (auto const& sample : samples_) kept_bytes_ += packed_size<K>(sample.key);
  }

  std::uint64_t seed_;
  std::uint64_t count_ = 0, stride_ = 1, bytes_ = 0;
  std::uint64_t next_ = 0;       // the next one that is picked
  std::vector<Sample> samples_;  // one a stretch
  std::size_t kept_bytes_ = 0;   // of their keys, packed
};

// P - 1 of (key, standing), ascending.
template <class K>
class Splitters {
  using Order = SortKey<ViewOf<K>>;
  struct Splitter {
    KeyHead head;
    K key;
    Standing at;
    std::uint64_t weight;  // elements that the sample stands for
  };

 public:
  explicit Splitters(bool descending) : descending_(descending) {}

  // The head by which elements are in the order asked for.
  [[nodiscard]] KeyHead head(ViewOf<K> const& key) const noexcept {
    auto const head = Order::head(key);
    return descending_ ? KeyHead{~head.first, ~head.second} : head;
  }
  // Of keys with equal heads.
  [[nodiscard]] bool less(ViewOf<K> const& a, ViewOf<K> const& b) const noexcept {
    if constexpr (Order::head_is_all) return false;
    return descending_ ? Order::less(b, a) : Order::less(a, b);
  }

  // All elements, and their bytes.
  struct Total {
    std::uint64_t count = 0, bytes = 0;
  };
  [[nodiscard]] static Total total_of(std::span<std::span<std::byte const> const> samples) {
    Total total;
    for (auto const& sample : samples) {
      auto const* from = sample.data();
      total.count += unpack<std::uint64_t>(from);
      (void)unpack<std::uint64_t>(from);
      total.bytes += unpack<std::uint64_t>(from);
    }
    return total;
  }

  // Of the samples of all partitions, ascending by partition. Each partition is cut into `cuts` parts, at other
  // samples. Cost: w = 512 P log(512 P), on every rank.
  void choose(std::span<std::span<std::byte const> const> samples, std::uint32_t partitions, std::uint32_t cuts = 1) {
    std::vector<Splitter> all;
    std::uint64_t total = 0;
    for (std::uint32_t p = 0; p < samples.size(); ++p) {
      auto const* from = samples[p].data();
      auto const* const end = from + samples[p].size();
      auto const count = unpack<std::uint64_t>(from);
      auto const stride = unpack<std::uint64_t>(from);
      (void)unpack<std::uint64_t>(from);
      total += count;
      while (from < end) {
        auto const index = unpack<std::uint64_t>(from);
        K key(unpack<K>(from));
        auto const first = head(key);
        all.push_back({first, std::move(key), {p, index}, stride});
      }
    }
    std::sort(all.begin(), all.end(), [this](Splitter const& a, Splitter const& b) { return before(a, b); });
    splitters_ = cut(all, total, partitions);
    parts_.clear();
    for (std::size_t p = 0, begin = 0; cuts > 1 && p <= splitters_.size(); ++p) {
      auto end = begin;
      std::uint64_t weight = 0;
      for (; end < all.size() && (p == splitters_.size() || before(all[end], splitters_[p])); ++end)
        weight += all[end].weight;
      parts_.push_back(cut(std::span(all).subspan(begin, end - begin), weight, cuts));
      begin = end;
    }
    heads_.clear();
    for (auto const& splitter : splitters_) heads_.push_back(splitter.head);
  }

  // The partition that an element goes to.
  [[nodiscard]] std::uint32_t destination(KeyHead head, ViewOf<K> const& key, Standing at) const noexcept {
    // Branch-free: how many heads are less.
    std::size_t low = 0, n = heads_.size();
    while (n > 0) {
      auto const half = n / 2;
      bool const less = heads_[low + half] < head;
      low = less ? low + half + 1 : low;
      n = less ? n - half - 1 : half;
    }
    if (low == heads_.size() || heads_[low] != head) return static_cast<std::uint32_t>(low);
    auto const first = splitters_.begin() + static_cast<std::ptrdiff_t>(low);
    auto const behind = std::partition_point(first, splitters_.end(), [&](Splitter const& splitter) {
      return splitter.head == head && !comes_before(key, at, splitter);
    });
    return static_cast<std::uint32_t>(behind - splitters_.begin());
  }

  // The part of its partition that an element goes to, of those that choose() was told to cut.
  [[nodiscard]] std::uint32_t part(std::uint32_t partition, KeyHead head, ViewOf<K> const& key,
                                   Standing at) const noexcept {
    auto const& splitters = parts_[partition];
    auto const behind = std::partition_point(splitters.begin(), splitters.end(), [&](Splitter const& splitter) {
      return splitter.head != head ? splitter.head < head : !comes_before(key, at, splitter);
    });
    return static_cast<std::uint32_t>(behind - splitters.begin());
  }

 private:
  // The samples at which `parts` of equal weight begin, but for the first.
  [[nodiscard]] static std::vector<Splitter> cut(std::span<Splitter const> samples, std::uint64_t total,
                                                 std::uint32_t parts) {
    std::vector<Splitter> splitters;
    std::uint64_t passed = 0;
    for (auto const& sample : samples) {
      if (splitters.size() + 1 < parts && passed > 0 && passed * parts >= total * (splitters.size() + 1))
        splitters.push_back(sample);
      passed += sample.weight;
    }
    return splitters;
  }
  [[nodiscard]] bool before(Splitter const& a, Splitter const& b) const noexcept {
    if (a.head != b.head) return a.head < b.head;
    return comes_before(a.key, a.at, b);
  }
  // Requires: equal heads.
  [[nodiscard]] bool comes_before(ViewOf<K> const& key, Standing at, Splitter const& splitter) const noexcept {
    if (less(key, splitter.key)) return true;
    if (less(splitter.key, key)) return false;
    return at < splitter.at;
  }

  bool descending_;
  std::vector<Splitter> splitters_;
  std::vector<std::vector<Splitter>> parts_;  // by partition
  std::vector<KeyHead> heads_;
};

}  // namespace pel::data
