#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "pel/error.hpp"
#include "pel/hdf5.hpp"
#include "run_datasets.hpp"

using namespace pel::test;
using pel::Job;

namespace {

std::string described(std::vector<double> const& numbers) {
  pel::TextOut out;
  for (auto const number : numbers) out << number << '\n';
  return out.take();
}

// Numbers first, first + 0.5, … as write() writes them.
std::string written(std::uint64_t n, double first) {
  auto const path = fresh_path(".h5");
  (void)run_datasets({}, [&](Job& job) {
    pel::generate<double>(job, n, [=](std::uint64_t i) { return first + static_cast<double>(i) / 2; }).write({path});
  });
  meet();
  return path;
}

}  // namespace

TEST_CASE("what was written as HDF5 is read again, in the order of files, whatever ranks and threads") {
  auto const one = written(100, 0), none = written(0, 0), two = written(60, 50);
  std::vector<double> right;
  for (int i = 0; i < 160; ++i) right.push_back(i / 2.0);
  for (auto const& shape : dataset_shapes()) {
    auto const done = run_datasets(shape.options(), [&](Job& job) {
      auto const numbers = pel::read_hdf5<double>(job, {one + ":/value", none + ":/value", two + ":/value"});
      auto const kept = numbers.collect();  // once, and then again
      CHECK(kept == right);
      numbers.write_lines(job.output(), [](auto number, auto& out) { out << number << '\n'; });
    });
    CHECK(done.text == described(right));
  }
}

TEST_CASE("rows of another type or shape, and a name without a dataset, are refused") {
  auto const path = written(10, 0);
  auto const read = [&](auto example, std::string const& name) {
    (void)run_datasets({}, [&](Job& job) { (void)pel::read_hdf5<decltype(example)>(job, {name}).size(); });
  };
  CHECK_THROWS_AS(read(float{}, path + ":/value"), pel::BadData);
  CHECK_THROWS_AS(read(std::array<double, 1>{}, path + ":/value"), pel::BadData);
  CHECK_THROWS_AS(read(double{}, path + ":/values"), pel::MissingInput);
  CHECK_THROWS_AS(read(double{}, path), pel::UsageError);
}
