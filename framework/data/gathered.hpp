// Elements that come to the driver, the same on every rank: packed in the partitions' contributions.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/flow.hpp"
#include "data/packed.hpp"
#include "pel/error.hpp"

namespace pel::data {

// How many bytes of elements come to a driver that did not ask for more.
inline constexpr std::uint64_t most_gathered = std::uint64_t{256} << 20U;

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

// All elements in order, packed. A rank that has more than `limit` bytes of them keeps no more: then all are refused.
// Collective: all ranks. Throws: Misuse, on all of them, where there are more.
template <class Source>
[[nodiscard]] std::vector<std::byte> gather(Source source, std::string const& verb, std::uint64_t limit) {
  using T = typename Source::Element;
  source.prepare();
  std::vector<std::byte> all;
  std::atomic<std::uint64_t> here{0};
  auto const look = [&](Step& step) {
    auto& mine = *step.frame.contribution;
    auto const begin = mine.size();
    contribute(step, std::uint64_t{0});
    std::uint64_t n = 0;
    source.run(step, [&](auto const& given) {
      ViewOf<T> const& element = given;
      auto const size = packed_size<T>(element);
      n += size;
      if (here.fetch_add(size, std::memory_order_relaxed) + size <= limit) append_packed<T>(mine, element);
    });
    std::memcpy(mine.data() + begin, &n, sizeof n);
  };
  auto const take = [&](Contributions parts) {
    std::uint64_t total = 0;
    for (auto const bytes : parts) {
      std::uint64_t n = 0;
      std::memcpy(&n, bytes.data(), sizeof n);
      total += n;
    }
    if (total > limit)
      throw Misuse(verb + ": the elements have " + std::to_string(total) + " bytes, and all would lie on every rank, " +
                   "where " + std::to_string(limit) + " are allowed: write them, make fewer, or allow more: " + verb +
                   "(bytes)");
    all.reserve(total);
    for (auto const bytes : parts) all.insert(all.end(), bytes.begin() + sizeof(std::uint64_t), bytes.end());
  };
  source.flow()->superstep(verb, look, take, source.passing());
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
[[nodiscard]] auto first(Source source, std::uint64_t n) {
  using T = typename Source::Element;
  std::vector<T> found;
  source.prepare();
  source.flow()->superstep(
      "first",
      [&](Step& step) {
        auto& mine = *step.frame.contribution;
        if (auto const* const lookup = source.lookup()) {
          auto const share = lookup->share(step.partition());
          for (auto at = share.begin; at < share.end && at < n; ++at)
            lookup->show(at, [&](ViewOf<T> const& element) { append_packed<T>(mine, element); });
          return;
        }
        std::uint64_t at = 0;
        source.run(step, [&](auto const& element) {
          if (at++ < n) append_packed<T>(mine, element);
        });
      },
      [&](Contributions parts) {
        for (auto const bytes : parts)
          for_each_packed<T>(bytes, [&](ViewOf<T> const& element) {
            if (found.size() < n) found.push_back(owned<T>(element));
          });
      },
      source.passing());
  return found;
}

}  // namespace pel::data
