#include "data/splitters.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/hash.hpp"

using pel::data::KeySamples;
using pel::data::Splitters;

namespace {

// Where each key of each partition goes.
template <class K>
std::vector<std::vector<std::uint32_t>> cut(std::vector<std::vector<K>> const& partitions, std::uint32_t count,
                                            bool descending) {
  std::vector<std::vector<std::byte>> told(partitions.size());
  std::vector<std::span<std::byte const>> views;
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    KeySamples<K> samples(p);
    for (auto const& key : partitions[p]) samples.add(key);
    samples.put(told[p]);
    views.emplace_back(told[p]);
  }
  Splitters<K> splitters(descending);
  splitters.choose(views, count);
  std::vector<std::vector<std::uint32_t>> to(partitions.size());
  for (std::uint32_t p = 0; p < partitions.size(); ++p)
    for (std::uint64_t i = 0; i < partitions[p].size(); ++i)
      to[p].push_back(splitters.destination(splitters.head(partitions[p][i]), partitions[p][i], {p, i}));
  return to;
}

std::vector<std::size_t> sizes(std::vector<std::vector<std::uint32_t>> const& to, std::uint32_t count) {
  std::vector<std::size_t> found(count);
  for (auto const& partition : to)
    for (auto const destination : partition) ++found[destination];
  return found;
}

}  // namespace

TEST_CASE("a greater key never goes before a smaller one, and equal keys keep their order") {
  std::vector<std::vector<std::string>> keys(5);
  for (std::uint64_t i = 0; i < 4000; ++i)
    keys[i % 5].push_back("https://www." + std::to_string(pel::base::mix64(i) % 40));  // one head, many ties
  for (bool const descending : {false, true}) {
    auto const to = cut(keys, 16, descending);
    std::vector<std::tuple<std::string, std::uint32_t, std::size_t, std::uint32_t>> all;
    for (std::uint32_t p = 0; p < keys.size(); ++p)
      for (std::size_t i = 0; i < keys[p].size(); ++i) all.emplace_back(keys[p][i], p, i, to[p][i]);
    std::stable_sort(all.begin(), all.end(), [&](auto const& a, auto const& b) {
      return descending ? std::get<0>(a) > std::get<0>(b) : std::get<0>(a) < std::get<0>(b);
    });
    CHECK(std::is_sorted(all.begin(), all.end(),
                         [](auto const& a, auto const& b) { return std::get<3>(a) < std::get<3>(b); }));
  }
}

TEST_CASE("parts are of about equal size, whatever keys and partitions") {
  constexpr std::uint32_t count = 16;
  std::vector<std::vector<std::uint64_t>> uniform(8), equal(8), uneven(8), again(8);
  for (std::uint64_t i = 0; i < 40'000; ++i) {
    uniform[i % 8].push_back(pel::base::mix64(i));
    equal[i % 8].push_back(7);
    again[i % 8].push_back(i / 8 % 16);  // each comes again after 16
    uneven[i < 30'000 ? 0 : i % 8].push_back(pel::base::mix64(i));
  }
  auto const largest = [&](auto const& keys) {
    auto const found = sizes(cut(keys, count, false), count);
    return static_cast<double>(*std::max_element(found.begin(), found.end())) * count / 40'000;
  };
  CHECK(largest(uniform) < 1.25);
  CHECK(largest(equal) < 1.1);
  CHECK(largest(again) < 1.25);
  CHECK(largest(uneven) < 1.5);  // three quarters of all are known by the samples of one partition
}

TEST_CASE("no keys, one key, fewer keys than parts") {
  CHECK(sizes(cut<std::int64_t>({{}, {}}, 4, false), 4) == std::vector<std::size_t>{0, 0, 0, 0});
  CHECK(cut<std::int64_t>({{5}}, 4, false).at(0).size() == 1);
  auto const few = cut<std::int64_t>({{-3, 9}, {0}}, 8, false);
  CHECK(few[0][0] <= few[1][0]);
  CHECK(few[1][0] <= few[0][1]);
}

TEST_CASE("parts of a partition are in order, of about one size, and move no partition") {
  std::vector<std::vector<std::uint64_t>> keys(5);
  for (std::uint64_t i = 0; i < 20'000; ++i) keys[i % 5].push_back(pel::base::mix64(i) % 3000);  // with ties
  std::vector<std::vector<std::byte>> told(keys.size());
  std::vector<std::span<std::byte const>> views;
  for (std::size_t p = 0; p < keys.size(); ++p) {
    KeySamples<std::uint64_t> samples(p);
    for (auto const key : keys[p]) samples.add(key);
    samples.note_bytes(8 * keys[p].size());
    samples.put(told[p]);
    views.emplace_back(told[p]);
  }
  auto const total = Splitters<std::uint64_t>::total_of(views);
  CHECK(total.count == 20'000);
  CHECK(total.bytes == 160'000);
  Splitters<std::uint64_t> whole(false), cut(false);
  whole.choose(views, 4);
  cut.choose(views, 4, 8);

  using Place = std::tuple<std::uint64_t, std::uint32_t, std::uint64_t, std::uint32_t>;  // key, standing, part of all
  std::vector<Place> places;
  std::vector<std::size_t> sizes(32);
  for (std::uint32_t p = 0; p < keys.size(); ++p)
    for (std::uint64_t i = 0; i < keys[p].size(); ++i) {
      auto const key = keys[p][i];
      auto const to = cut.destination(cut.head(key), key, {p, i});
      CHECK_MESSAGE(to == whole.destination(whole.head(key), key, {p, i}), "another partition for " << key);
      auto const part = cut.part(to, cut.head(key), key, {p, i});
      ++sizes[to * 8 + part];
      places.emplace_back(key, p, i, to * 8 + part);
    }
  std::sort(places.begin(), places.end());
  CHECK(std::is_sorted(places.begin(), places.end(),
                       [](auto const& a, auto const& b) { return std::get<3>(a) < std::get<3>(b); }));
  CHECK(*std::max_element(sizes.begin(), sizes.end()) < 2 * 20'000 / 32);
}

TEST_CASE("of long keys little is kept, and they are in order and in about equal parts all the same") {
  constexpr std::uint32_t partitions = 5, count = 8;
  constexpr std::uint64_t each = 400;
  std::string text(std::size_t{1} << 20U, 'x');
  for (std::size_t const told_at : {std::size_t{0}, std::size_t{5000}}) {  // where keys begin to differ
    auto const key = [&](std::uint32_t p, std::uint64_t i) -> std::string_view {
      auto const number = std::to_string(pel::base::mix64(p * each + i) % 500 + 100);  // with ties
      text.replace(told_at, 3, number);
      return text;
    };
    std::vector<std::vector<std::byte>> told(partitions);
    std::vector<std::span<std::byte const>> views;
    for (std::uint32_t p = 0; p < partitions; ++p) {
      KeySamples<std::string> samples(p);
      for (std::uint64_t i = 0; i < each; ++i) samples.add(key(p, i));
      samples.put(told[p]);
      CHECK(told[p].size() < KeySamples<std::string>::most_bytes + 100);
      CHECK(told[p].size() > 200'000);
      views.emplace_back(told[p]);
    }
    Splitters<std::string> splitters(false);
    splitters.choose(views, count);
    std::vector<std::tuple<std::string, std::uint32_t, std::uint64_t, std::uint32_t>> all;
    std::vector<std::size_t> sizes(count);
    for (std::uint32_t p = 0; p < partitions; ++p)
      for (std::uint64_t i = 0; i < each; ++i) {
        auto const whole = key(p, i);
        auto const to = splitters.destination(splitters.head(whole), whole, {p, i});
        ++sizes[to];
        all.emplace_back(whole.substr(told_at, 3), p, i, to);
      }
    std::sort(all.begin(), all.end());
    CHECK(std::is_sorted(all.begin(), all.end(),
                         [](auto const& a, auto const& b) { return std::get<3>(a) < std::get<3>(b); }));
    CHECK(*std::max_element(sizes.begin(), sizes.end()) < 3 * partitions * each / count / 2);
  }
}

TEST_CASE("of long keys few are picked where elements can be looked up") {
  using Long = std::array<std::uint8_t, 4096>;
  constexpr std::uint64_t n = 1500;
  auto const key = [](std::uint64_t i) {
    Long bytes{};
    bytes[0] = static_cast<std::uint8_t>(i * 256 / n);
    return bytes;
  };
  KeySamples<Long> picked(0);
  picked.set(n, sizeof(Long));
  for (std::uint64_t begin = 0; begin < n; begin += picked.stride()) {
    auto const at = picked.pick(begin, std::min(picked.stride(), n - begin));
    picked.add_picked(at, key(at));
  }
  std::vector<std::byte> told;
  picked.put(told);
  CHECK(told.size() < KeySamples<Long>::most_bytes + 100);
  CHECK(told.size() > KeySamples<Long>::most_bytes / 3);
  Splitters<Long> splitters(false);
  std::vector<std::span<std::byte const>> const views{told};
  CHECK(splitters.total_of(views).count == n);
  splitters.choose(views, 4);
  std::vector<std::size_t> sizes(4);
  for (std::uint64_t i = 0; i < n; ++i) ++sizes[splitters.destination(splitters.head(key(i)), key(i), {0, i})];
  CHECK(*std::max_element(sizes.begin(), sizes.end()) < n / 4 + n / 16);
}
