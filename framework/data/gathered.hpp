// Elements that come to the driver, the same on every rank: packed in the partitions' contributions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/flow.hpp"
#include "data/gather_limit.hpp"
#include "data/packed.hpp"

namespace pel::data {

// An element of its own, of one that is seen.
template <class T>
[[nodiscard]] T owned(ViewOf<T> const& seen) {
  if constexpr (ColumnEntry<T>)
    return {owned<typename EntryParts<T>::Key>(seen.key), owned<typename EntryParts<T>::Value>(seen.value)};
  else
    return T(seen);
}

template <class T>
void append_packed(std::vector<std::byte>& bytes, ViewOf<T> const& element) {
  auto const at = bytes.size();
  bytes.resize(at + packed_size<T>(element));
  pack<T>(element, bytes.data() + at);
}
template <class T, class Look>
void for_each_packed(std::span<std::byte const> bytes, Look const& look) {
  auto const* from = bytes.data();
  auto const* const end = from + bytes.size();
  while (from < end) look(unpack<T>(from));
}

// What a partition offers, in a superstep.
template <class T>
class Offer {
 public:
  Offer(Step& step, GatherLimit& limit)
      : bytes_(*step.frame.contribution), begin_(step.frame.contribution->size()), limit_(limit) {
    contribute(step, std::uint64_t{0});
  }
  void add(ViewOf<T> const& element) {
    auto const size = packed_size<T>(element);
    offered_ += size;
    if (limit_.admits(size)) append_packed<T>(bytes_, element);
  }
  // That was all.
  void finish() { std::memcpy(bytes_.data() + begin_, &offered_, sizeof offered_); }

 private:
  std::vector<std::byte>& bytes_;
  std::size_t begin_;
  GatherLimit& limit_;
  std::uint64_t offered_ = 0;
};

// All elements in order, packed. Collective: all ranks. Throws: Misuse, on all of them, where they have more than
// `most` bytes.
template <class Source>
[[nodiscard]] std::vector<std::byte> gather(Source source, std::string const& verb, std::uint64_t most) {
  using T = typename Source::Element;
  source.prepare();
  std::vector<std::byte> all;
  GatherLimit limit(verb, most, verb + "(bytes)");
  source.flow()->superstep(
      verb,
      [&](Step& step) {
        Offer<T> mine(step, limit);
        source.run(step, [&](auto const& element) { mine.add(element); });
        mine.finish();
      },
      [&](Contributions parts) {
        all.reserve(limit.total(parts));
        for (auto const bytes : parts) {
          auto const elements = GatherLimit::elements(bytes);
          all.insert(all.end(), elements.begin(), elements.end());
        }
      },
      source.passing());
  return all;
}

// See Stream::collect.
template <class Source>
[[nodiscard]] auto collect(Source source, std::uint64_t limit) {
  using T = typename Source::Element;
  std::vector<T> all;
  for_each_packed<T>(gather(std::move(source), "collect", limit),
                     [&](ViewOf<T> const& element) { all.push_back(owned<T>(element)); });
  return all;
}

// See Stream::first.
template <class Source>
[[nodiscard]] auto first(Source source, std::uint64_t n, std::uint64_t most) {
  using T = typename Source::Element;
  std::vector<T> found;
  source.prepare();
  GatherLimit limit("first", most, "first(n, bytes)");
  source.flow()->superstep(
      "first",
      [&](Step& step) {
        Offer<T> mine(step, limit);
        if (auto const* const lookup = source.lookup()) {
          auto const share = lookup->share(step.partition());
          for (auto at = share.begin; at < share.end && at < n; ++at)
            lookup->show(at, [&](ViewOf<T> const& element) { mine.add(element); });
        } else {
          std::uint64_t at = 0;
          source.run(step, [&](auto const& element) {
            if (at++ < n) mine.add(element);
          });
        }
        mine.finish();
      },
      [&](Contributions parts) {
        (void)limit.total(parts);
        for (auto const bytes : parts)
          for_each_packed<T>(GatherLimit::elements(bytes), [&](ViewOf<T> const& element) {
            if (found.size() < n) found.push_back(owned<T>(element));
          });
      },
      source.passing());
  return found;
}

}  // namespace pel::data
