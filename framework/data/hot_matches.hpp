// The part of a join that many elements have: where left elements of hot keys stay, what matches them comes to them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/gathered.hpp"
#include "data/hot_keys.hpp"
#include "data/key_groups.hpp"
#include "data/pipe.hpp"
#include "engine/memory.hpp"

namespace pel::data {

// The hot keys of the left side, and all right elements that have them, in order, on every rank. A key of which these
// are many is left as it is: then nothing is hot.
template <class R, class K>
class HotMatches {
 public:
  // Of right elements that come to every rank.
  static constexpr std::uint64_t most_bytes = std::uint64_t{16} << 20U;

  HotMatches() = default;
  HotMatches(HotMatches const&) = delete;
  HotMatches& operator=(HotMatches const&) = delete;
  ~HotMatches() {
    if (memory_) memory_->let_go(counted_);
  }

  // Collective: all ranks. Cost: w = a pass over the left side, and two over the right where a key is hot; h = 8 KiB a
  // partition and the right elements of hot keys, to all; l = 1, or 3. Throws: as a superstep does.
  template <class Left, class Right, class LeftKey, class RightKey>
  void look(std::string const& verb, Left& left, LeftKey const& left_key, Right const& right,
            RightKey const& right_key) {
    auto& flow = *left.flow();
    auto const parts = hot_parts(flow.partitions());
    if (parts == 1) return;
    left.prepare(true);
    flow.superstep(
        verb + ": look for hot keys",
        [&](Step& step) {
          FrequentHashes seen(parts);
          left.run(step, [&](auto const& element) { seen.add(hash_of(left_key, element)); });
          seen.put(*step.frame.contribution);
        },
        [&](Contributions all) { keys_ = HotKeys(all, parts); }, left.passing());
    if (!keys_.empty()) gather_matches(verb, flow, right, right_key);
  }

  [[nodiscard]] bool is_hot(std::uint64_t hash) const noexcept { return keys_.contains(hash); }
  // Those of a hot key, in their order.
  [[nodiscard]] Group<R> find(ViewOf<K> const& key) const {
    auto const group = groups_.find(key);
    return group == groups_.size() ? Group<R>({}) : groups_[group];
  }

 private:
  template <class Key, class View>
  [[nodiscard]] static std::uint64_t hash_of(Key const& key, View const& element) {
    auto const& given = key(element);
    ViewOf<K> const of = given;
    return key_hash<ViewOf<K>>(of);
  }

  // What comes to every rank is counted before it comes.
  template <class Right, class RightKey>
  void gather_matches(std::string const& verb, Flow& flow, Right const& right, RightKey const& right_key) {
    auto const of_hot_keys = [&](ViewOf<R> const& element, auto& sink) {
      if (is_hot(hash_of(right_key, element))) sink(element);
    };
    Pipe<Right, decltype(of_hot_keys), R> matches(right, of_hot_keys);
    auto const [count, bytes] = count_all(verb, flow, matches);
    if (bytes > most_bytes) {
      keys_ = {};
      return;
    }
    memory_ = flow.memory();
    counted_ = bytes + count * KeyGroups<R, K>::beside;
    memory_->keep(counted_);
    bytes_ = gather(std::move(matches), verb + ": gather matches of hot keys", most_bytes);
    (void)groups_.add(bytes_.data(), count, right_key);
    groups_.finish();
    flow.tell(verb + ": " + std::to_string(keys_.size()) +
              " keys are hot: their left elements stay where they are, and " + std::to_string(count) +
              " right elements come to every rank");
  }

  struct Total {
    std::uint64_t count = 0, bytes = 0;
  };
  template <class Matches>
  [[nodiscard]] static Total count_all(std::string const& verb, Flow& flow, Matches& matches) {
    Total all;
    matches.prepare(true);
    flow.superstep(
        verb + ": count matches of hot keys",
        [&](Step& step) {
          Total here;
          matches.run(step, [&](auto const& element) {
            ++here.count;
            here.bytes += packed_size<R>(element);
          });
          contribute(step, here);
        },
        [&](Contributions parts) {
          for (auto const bytes : parts) {
            Total part;
            std::memcpy(&part, bytes.data(), sizeof part);
            all.count += part.count;
            all.bytes += part.bytes;
          }
        },
        matches.passing());
    return all;
  }

  HotKeys keys_;
  std::vector<std::byte> bytes_;  // of right elements, packed
  KeyGroups<R, K> groups_;
  std::shared_ptr<engine::Memory> memory_;
  std::uint64_t counted_ = 0;  // bytes told to the memory
};

}  // namespace pel::data
