#include "graph/forest.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

#include "base/hash.hpp"

namespace {

using Links = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

// The least node of each node's component, by naming everything again and again.
std::vector<std::uint32_t> plain_components(std::uint32_t n, Links const& links) {
  std::vector<std::uint32_t> label(n);
  std::iota(label.begin(), label.end(), 0U);
  for (bool changed = true; changed;) {
    changed = false;
    for (auto const& [a, b] : links) {
      auto const least = std::min(label[a], label[b]);
      changed = changed || label[a] != least || label[b] != least;
      label[a] = label[b] = least;
    }
  }
  return label;
}

Links some_links(std::uint32_t n, std::size_t count) {
  Links links;
  for (std::size_t i = 0; i < count; ++i)
    links.emplace_back(pel::base::mix64(2 * i) % n, pel::base::mix64(2 * i + 1) % n);
  return links;
}

void check(pel::graph::Forest& forest, std::vector<std::uint32_t> const& expected) {
  for (std::uint32_t i = 0; i < forest.size(); ++i) CHECK(forest.root(i) == expected[i]);
  forest.compress(0, forest.size());
  for (std::uint32_t i = 0; i < forest.size(); ++i) CHECK(forest.parent(i) == expected[i]);
}

}  // namespace

TEST_CASE("the root of a tree is its least node, whatever the order of links") {
  pel::graph::Forest forest(8);

  CHECK(forest.link(4, 2));
  CHECK(forest.link(7, 4));
  CHECK_FALSE(forest.link(2, 7));
  CHECK_FALSE(forest.link(3, 3));
  CHECK(forest.link(7, 1));

  CHECK(forest.root(4) == 1);
  CHECK(forest.root(0) == 0);
  forest.reset();
  CHECK(forest.root(7) == 7);
}

TEST_CASE("links give the components of a plain search") {
  for (std::size_t const count : {0, 40, 100, 400}) {
    auto const links = some_links(200, count);
    pel::graph::Forest forest(200);

    for (auto const& [a, b] : links) forest.link(a, b);

    check(forest, plain_components(200, links));
  }
}

TEST_CASE("threads that link at once give the same components, and each union is one thread's") {
  constexpr std::uint32_t n = 20'000;
  auto const links = some_links(n, 15'000);
  pel::graph::Forest forest(n);
  std::vector<std::uint32_t> unions(4, 0);

  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < unions.size(); ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < links.size(); ++i) {
        auto const& [a, b] = links[(i + t * links.size() / 4) % links.size()];
        unions[t] += forest.link(a, b) ? 1 : 0;
        if (i % 64 == 0) forest.compress(a, a + 1);
      }
    });
  for (auto& thread : threads) thread.join();

  auto const expected = plain_components(n, links);
  std::uint32_t roots = 0;
  for (std::uint32_t i = 0; i < n; ++i) roots += expected[i] == i ? 1 : 0;
  CHECK(std::accumulate(unions.begin(), unions.end(), 0U) == n - roots);
  check(forest, expected);
}
