// What a kernel may get wrong at run time, and what it may do inside a superstep.
#include <doctest/doctest.h>
#include <oneapi/tbb/parallel_for.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "pel/error.hpp"
#include "run_kernel.hpp"

namespace {

using pel::Partition;
using pel::Vote;
using pel::test::run_kernel;

// Sends to a partition that may not exist.
class Stray {
 public:
  using Message = pel::Message<int, int>;
  using Aggregate = pel::NoAggregate;
  explicit Stray(std::uint32_t to) : to_(to) {}
  Vote superstep(pel::Superstep<Stray>& step) {
    if (step.number() == 0) step.send(pel::PartitionId{to_}, 1, 2);
    return Vote::halt;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "to", to_); }
  void write(pel::Output&) const {}

 private:
  std::uint32_t to_;
};

class TwoOfOneName {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  Vote superstep(pel::Superstep<TwoOfOneName>&) { return Vote::halt; }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "x", a_, "x", b_); }
  void write(pel::Output&) const {}

 private:
  int a_ = 1, b_ = 2;
};

// Waits for tasks of its own between two messages.
class Nested {
 public:
  using Message = pel::Message<std::uint32_t, std::uint64_t, std::plus<>>;
  using Aggregate = pel::NoAggregate;
  explicit Nested(Partition part) : part_(part) {}
  Vote superstep(pel::Superstep<Nested>& step) {
    for (auto const& [key, value] : step.inbox()) sum_ += key * value;
    if (step.number() == 5) return Vote::halt;
    for (std::uint32_t to = 0; to < part_.count; ++to) {
      std::atomic<std::uint64_t> counted = 0;
      oneapi::tbb::parallel_for(0, 20, [&](int i) { counted += static_cast<std::uint64_t>(i); });
      step.send(pel::PartitionId{to}, to % 7, counted.load() + part_.index());
    }
    return Vote::go_on;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "sum", sum_); }
  void write(pel::Output& out) const { out.column("sum", std::vector{sum_}); }

 private:
  Partition part_;
  std::uint64_t sum_ = 0;
};

class Contributor {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::Sum<int>;
  Vote superstep(pel::Superstep<Contributor>& step) {
    step.contribute({1});
    number_ = step.number();
    return step.number() < 5 ? Vote::go_on : Vote::halt;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "number", number_); }
  void write(pel::Output&) const {}

 private:
  std::int64_t number_ = 0;
};

}  // namespace

TEST_CASE("a message to a partition that does not exist is the kernel's failure, on all ranks") {
  auto const job = [](std::uint32_t to) {
    (void)run_kernel({"--partitions", "8"}, [to](Partition) { return Stray(to); });
  };

  CHECK_NOTHROW(job(7));
  CHECK_THROWS_AS(job(8), pel::KernelFailed);
  CHECK_THROWS_AS(job(4'000'000'000U), pel::KernelFailed);
}

TEST_CASE("two fields of one name are refused before the first superstep") {
  CHECK_THROWS_AS((void)run_kernel({"--partitions", "8"}, [](Partition) { return TwoOfOneName(); }), pel::KernelFailed);
}

TEST_CASE("a kernel that waits for tasks of its own gives the same result on any number of threads") {
  auto const text_on = [](std::string const& threads) {
    return run_kernel({"--partitions", "16", "--threads", threads}, [](Partition p) { return Nested(p); }).text;
  };
  auto const expected = text_on("1");

  for (auto const* const threads : {"2", "3", "4"}) CHECK(text_on(threads) == expected);
}

TEST_CASE("a failure in one rank's fold is every rank's, and says in which superstep") {
  pel::test::WithFault const fault("point=fold,rank=0,superstep=0,action=throw");
  std::string text;
  try {
    (void)run_kernel({"--partitions", "8"}, [](Partition) { return Contributor(); });
  } catch (pel::KernelFailed const& error) {
    text = error.phase + " " + std::to_string(error.superstep);
  }

  CHECK(text == "fold 0");
}
