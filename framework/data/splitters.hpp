// Where sorted elements are cut into partitions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

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

// Keys of evenly spaced elements of a partition, of which it is not known beforehand how many there are: every 1st,
// then every 2nd, 4th, … as they become more than twice the number wanted, or have too many bytes. Of a long text the
// beginning is enough: with the place of its element it is a point in the order of all elements, if not one of them.
// Memory: 512 KiB of keys, which all ranks have of all partitions.
// Example: of texts of 1 MiB there are 32 to 64 samples of 8 KiB. Texts with the same first 8 KiB are cut nowhere then.
template <class K>
class KeySamples {
 public:
  static constexpr std::size_t wanted = 256;
  static constexpr std::size_t most_bytes = std::size_t{512} << 10U;

  void add(ViewOf<K> const& key) {
    offer(key, count_);
    ++count_;
  }
  // Bytes of elements, as they travel.
  void note_bytes(std::uint64_t bytes) { bytes_ += bytes; }
  // Of one that was picked at a known index, of `count` elements: with every `stride`-th.
  void set(std::uint64_t count, std::uint64_t stride) {
    count_ = count;
    stride_ = stride;
    picked_every_ = stride;
  }
  void pick(ViewOf<K> const& key) { offer(key, picked_++ * picked_every_); }

  void put(std::vector<std::byte>& bytes) const {
    auto at = bytes.size();
    std::size_t n = 3 * sizeof(std::uint64_t);
    for (auto const& key : keys_) n += packed_size<K>(key);
    bytes.resize(at + n);
    auto* to = pack<std::uint64_t>(count_, bytes.data() + at);
    to = pack<std::uint64_t>(stride_, to);
    to = pack<std::uint64_t>(bytes_, to);
    for (auto const& key : keys_) to = pack<K>(key, to);
  }

 private:
  static constexpr std::size_t fewest = 32;  // that are kept, however long they are
  static constexpr std::size_t longest = most_bytes / (2 * fewest);

  // A text's beginning.
  [[nodiscard]] static ViewOf<K> cut(ViewOf<K> const& key) noexcept {
    if constexpr (Text<K>) return key.substr(0, longest);
    return key;
  }
  void offer(ViewOf<K> const& whole, std::uint64_t index) {
    if (index % stride_ != 0) return;
    auto const key = cut(whole);
    auto const size = packed_size<K>(key);
    while (keys_.size() == 2 * wanted || (kept_bytes_ + size > most_bytes && keys_.size() > fewest)) halve();
    if (index % stride_ != 0) return;
    keys_.push_back(K(key));
    kept_bytes_ += size;
  }
  void halve() {
    for (std::size_t i = 0; 2 * i < keys_.size(); ++i)
      if (i > 0) keys_[i] = std::move(keys_[2 * i]);
    keys_.resize((keys_.size() + 1) / 2);
    stride_ *= 2;
    kept_bytes_ = 0;
    for (auto const& key : keys_) kept_bytes_ += packed_size<K>(key);
  }
  std::uint64_t count_ = 0, stride_ = 1, bytes_ = 0;
  std::uint64_t picked_ = 0, picked_every_ = 1;
  std::size_t kept_bytes_ = 0;
  std::vector<K> keys_;
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
      for (std::uint64_t index = 0; from < end; index += stride) {
        K key(unpack<K>(from));
        auto const first = head(key);
        all.push_back({first, std::move(key), {p, index}, std::min(stride, count - index)});
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
