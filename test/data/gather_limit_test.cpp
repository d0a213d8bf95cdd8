// Elements that come to all ranks: no more bytes of them than are allowed.
#include "data/gather_limit.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "pel/dataset.hpp"
#include "pel/error.hpp"
#include "run_datasets.hpp"

using namespace pel::test;
using pel::Job;

namespace {

pel::Dataset<std::uint64_t> numbers(Job& job) {
  return pel::generate<std::uint64_t>(job, 1000, [](std::uint64_t i) { return i * 7 % 1000; });
}
// Without a look-up, which generated elements have.
pel::Dataset<std::uint64_t> filtered(Job& job) {
  return numbers(job).filter([](std::uint64_t) { return true; });
}

template <class Body>
void run(Body const& body) {
  (void)run_datasets({"--partitions", "7", "--threads", "2"}, body);
}

}  // namespace

TEST_CASE("the first and the greatest elements are refused where they have too many bytes") {
  // 10 elements of 8 bytes from each of 7 partitions.
  for (auto const make : {numbers, filtered}) {
    std::vector<std::uint64_t> first;
    run([&](Job& job) { first = make(job).first(10, make == numbers ? 80 : 560); });
    CHECK(first.size() == 10);
    CHECK(first[1] == 7);
    CHECK_THROWS_WITH_AS(run([&](Job& job) { (void)make(job).first(10, make == numbers ? 79 : 559); }),
                         doctest::Contains("first: the elements have "), pel::Misuse);
  }
  std::vector<std::uint64_t> greatest;
  run([&](Job& job) { greatest = numbers(job).top_k(10, std::less<>(), 560); });
  CHECK(greatest.size() == 10);
  CHECK(greatest.front() == 999);
  CHECK_THROWS_WITH_AS(run([&](Job& job) { (void)numbers(job).top_k(10, std::less<>(), 559); }),
                       doctest::Contains("top_k: the elements have 560 bytes"), pel::Misuse);
}

TEST_CASE("what a program asks for without a limit is limited, too") {
  auto const megabytes = [](Job& job) {
    return pel::generate<std::uint64_t>(job, 300, [](std::uint64_t i) { return i; }).map([](std::uint64_t i) {
      return std::string(std::size_t{1} << 20U, static_cast<char>('a' + i % 26));
    });
  };
  CHECK_THROWS_AS(run([&](Job& job) { (void)megabytes(job).first(300); }), pel::Misuse);
  run([&](Job& job) { CHECK(megabytes(job).first(1).size() == 1); });
}
