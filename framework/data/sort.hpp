// sort_by: a total order over all partitions.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "data/dealing.hpp"
#include "data/packed.hpp"
#include "data/sort_key.hpp"
#include "data/splitters.hpp"
#include "data/wide.hpp"

namespace pel::data {

// What is sorted instead of an element: the head of its key, and its number in the inbox, which is the order of ties.
struct SortEntry {
  KeyHead head;
  std::uint32_t number;
};
static_assert(sizeof(SortEntry) <= 24);

// Ascending by (head, then less(a, b) where heads are equal, then number). `scratch`: room for as many entries.
// One pass deals them to buckets by the leading bits of their range, which uniform keys fill evenly; std::sort does the
// rest. Cost: about 40 ns an entry.
template <class Less>
void sort_entries(std::vector<SortEntry>& entries, std::vector<SortEntry>& scratch, Less const& less) {
  auto const order = [&](SortEntry const& a, SortEntry const& b) {
    if (a.head != b.head) return a.head < b.head;
    return less(a, b);
  };
  if (entries.size() < 64) {
    std::sort(entries.begin(), entries.end(), order);
    return;
  }
  auto least = entries[0].head.first, most = least;
  for (auto const& entry : entries) {
    least = std::min(least, entry.head.first);
    most = std::max(most, entry.head.first);
  }
  constexpr int most_bits = 12;
  auto const bits = std::min(most_bits, static_cast<int>(std::bit_width(entries.size() / 8)));
  auto const shift = std::max(0, static_cast<int>(std::bit_width(most - least)) - bits);
  std::vector<std::uint32_t> ends((std::size_t{1} << static_cast<unsigned>(bits)) + 1);
  auto const bucket = [&](SortEntry const& entry) {
    return (entry.head.first - least) >> static_cast<unsigned>(shift);
  };
  for (auto const& entry : entries) ++ends[bucket(entry) + 1];
  for (std::size_t b = 1; b < ends.size(); ++b) ends[b] += ends[b - 1];
  scratch.resize(entries.size());
  for (auto const& entry : entries) scratch[ends[bucket(entry)]++] = entry;
  entries.swap(scratch);
  std::size_t begin = 0;
  for (auto const end : ends) {
    if (end > begin + 1)
      std::sort(entries.begin() + static_cast<std::ptrdiff_t>(begin),
                entries.begin() + static_cast<std::ptrdiff_t>(end), order);
    begin = std::max<std::size_t>(begin, end);
  }
}

// Source: a pipe or a dataset of elements; Key: element -> key.
// Cost: w = two passes over the elements and n/P log(n/P) comparisons of 12 bytes a partition; h = the elements once;
// l = 2 supersteps.
template <class Source, class Key, class T, class K>
class SortNode final : public WideNode<T> {
  using Order = SortKey<ViewOf<K>>;

 public:
  using typename WideNode<T>::Sink;
  SortNode(Source source, Key key, bool descending)
      : WideNode<T>(source.flow()), source_(std::move(source)), key_(std::move(key)), splitters_(descending) {}

  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const override { return &sizes_; }

 private:
  // What a thread needs beside, kept from partition to partition.
  struct Scratch {
    Dealer<T> dealer;
    std::vector<SortEntry> entries, others;
    std::vector<std::byte const*> places;
  };

  void send() override {
    auto& flow = *this->flow();
    scratch_.resize(flow.workers());
    source_->prepare(true);
    flow.superstep(
        "sort_by: sample", [this](Step& step) { sample(step); },
        [&](Contributions all) { splitters_.choose(all, flow.partitions()); }, source_->passing());
    source_->prepare();
    sizes_.assign(flow.partitions(), 0);
    flow.superstep(
        "sort_by", [this](Step& step) { produce(step); },
        [this](Contributions all) {
          for (auto const bytes : all)
            for (std::size_t p = 0; p < sizes_.size(); ++p) {
              std::uint64_t count = 0;
              std::memcpy(&count, bytes.data() + p * sizeof count, sizeof count);
              sizes_[p] += count;
            }
        },
        source_->passing());
    source_.reset();
    for (auto& scratch : scratch_) scratch.dealer = {};
  }

  void sample(Step& step) {
    KeySamples<K> samples;
    if (auto const* const lookup = source_->lookup()) {
      auto const range = lookup->share(step.partition());
      auto const stride = std::max<std::uint64_t>(1, range.size() / KeySamples<K>::wanted);
      samples.set(range.size(), stride);
      for (auto at = range.begin; at < range.end; at += stride)
        lookup->show(at, [&](ViewOf<T> const& element) { samples.pick(key_(element)); });
    } else {
      source_->run(step, [&](auto const& element) { samples.add(key_(element)); });
    }
    samples.put(*step.frame.contribution);
  }

  void produce(Step& step) {
    auto& dealer = scratch_[static_cast<std::size_t>(step.worker())].dealer;
    dealer.begin(step.partition().count);
    Standing at{static_cast<std::uint32_t>(step.partition().index()), 0};
    source_->run_blocks(step, [&](BlockOf<T> block) {
      dealer.add(block, [&](ViewOf<T> const& element) {
        auto const& given = key_(element);
        ViewOf<K> const key = given;
        auto const destination = splitters_.destination(splitters_.head(key), key, at);
        ++at.index;
        return destination;
      });
    });
    for (auto const& piece : dealer.pieces()) contribute(step, piece.count);
    auto to = shape_outgoing(step, dealer.pieces());
    dealer.deal(to);
  }

  void take(Step& step, Sink sink) override {
    auto& scratch = scratch_[static_cast<std::size_t>(step.worker())];
    auto& [dealer, entries, others, places] = scratch;
    entries.clear();
    places.clear();
    for (auto const& segment : step.frame.inbox) {
      auto const* from = segment.bytes.data();
      for (std::uint64_t i = 0; i < segment.count; ++i) {
        if (places.size() == std::numeric_limits<std::uint32_t>::max())
          throw std::length_error("sort_by: more than 2^32 elements in one partition: start with more --partitions");
        places.push_back(from);
        auto const element = unpack<T>(from);
        entries.push_back({splitters_.head(key_(element)), static_cast<std::uint32_t>(places.size() - 1)});
      }
    }
    sort_entries(entries, others, [&](SortEntry const& a, SortEntry const& b) {
      if constexpr (!Order::head_is_all) {
        auto const* left = places[a.number];
        auto const* right = places[b.number];
        auto const x = unpack<T>(left), y = unpack<T>(right);
        auto const& given = key_(x);
        auto const& given_other = key_(y);
        ViewOf<K> const one = given, other = given_other;
        if (splitters_.less(one, other)) return true;
        if (splitters_.less(other, one)) return false;
      }
      return a.number < b.number;
    });
    BlockMaker<T> block(sink);
    constexpr std::size_t ahead = 16;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i + ahead < entries.size()) {
        auto const* const soon = places[entries[i + ahead].number];
        __builtin_prefetch(soon);
        if constexpr (sizeof(ViewOf<T>) > 64) __builtin_prefetch(soon + 64);
      }
      auto const* from = places[entries[i].number];
      block.add(unpack<T>(from));
    }
    block.flush();
  }

  std::optional<Source> source_;
  Key key_;
  Splitters<K> splitters_;
  std::vector<std::uint64_t> sizes_;  // by partition
  std::vector<Scratch> scratch_;      // by worker
};

}  // namespace pel::data
