#include "pel/job.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "pel/error.hpp"
#include "pel/run.hpp"
#include "run_kernel.hpp"

namespace {

using pel::Job;
using pel::Partition;
using pel::partition_id;
using pel::Vote;
using pel::engine::JobCore;
using pel::test::CommandLine;
using pel::test::fresh_path;
using pel::test::with;
using pel::test::WithFault;
using pel::test::Words;

// Sends its running number around and adds up what comes; `rounds` supersteps, then one more.
class Adder {
 public:
  using Message = pel::Message<int, std::int64_t, std::plus<>>;
  using Aggregate = pel::Sum<std::int64_t>;
  Adder(Partition part, std::int64_t rounds, std::int64_t start) : part_(part), rounds_(rounds), sum_(start) {}

  Vote superstep(pel::Superstep<Adder>& step) {
    for (auto const& [key, value] : step.inbox()) sum_ = sum_ * 3 + value + step.aggregate().value % 1000;
    step.contribute({sum_ % 1000});
    if (step.number() == rounds_) return Vote::halt;
    step.send(partition_id((part_.index() + 1) % part_.count), 0, sum_ % 100);
    return Vote::go_on;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "sum", sum_); }
  void write(pel::Output& out) const { out.column("sum", std::vector{sum_}); }

 private:
  Partition part_;
  std::int64_t rounds_, sum_;
};

// Does something wrong in one partition, or is well.
class Culprit {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  enum class Deed { none, construct, superstep, write, columns };
  Culprit(Partition part, std::size_t first, Deed deed) : guilty_(part.index() >= first), part_(part), deed_(deed) {
    commit(Deed::construct);
  }
  Vote superstep(pel::Superstep<Culprit>& step) {
    if (step.number() == 2) commit(Deed::superstep);
    return step.number() < 3 ? Vote::go_on : Vote::halt;
  }
  void serialize(auto&, unsigned) {}
  void write(pel::Output& out) const {
    commit(Deed::write);
    out.column(guilty_ && deed_ == Deed::columns ? "other" : "one", std::vector{1});
  }

 private:
  void commit(Deed deed) const {
    if (guilty_ && deed_ == deed) throw std::runtime_error("deed of " + std::to_string(part_.index()));
  }
  bool guilty_;
  Partition part_;
  Deed deed_;
};

// Runs a body as a program's main() would, but gives exceptions to the test.
template <class Body>
void in_job(Words const& options, Body const& body) {
  CommandLine const line(with(options, {"--quiet"}));
  JobCore core(line.argc(), line.argv());
  Job job(core);
  body(job);
  core.finish();
}

bool equal_on_all_ranks(std::string const& text) {
  bool equal = true;
  for (auto const& other : pel::comm::Communicator::world().all_gather(text)) equal = equal && other == text;
  return equal;
}

// Two runs, the second of which starts from what the first gave.
std::string two_runs(Words const& options) {
  auto const output = fresh_path(".txt");
  std::int64_t last = 0;
  in_job(with({"--partitions", "8", "--output", output}, options), [&](Job& job) {
    auto const sample =
        job.run([](Partition p) { return Adder(p, 4, static_cast<std::int64_t>(p.index())); }, "sample");
    last = job.run([&](Partition p) { return Adder(p, 9, sample.value); }, "sort").value;
  });
  return std::to_string(last) + "\n" + pel::test::contents_of(output);
}

// Runs both until partition 0 throws in superstep s, of the second run if the first has fewer.
void stop_in(std::int64_t s, Words const& options) {
  WithFault const fault("point=superstep,partition=0,action=throw,superstep=" + std::to_string(s));
  CHECK_THROWS_AS((void)two_runs(options), pel::KernelFailed);
}

}  // namespace

TEST_CASE("a job reads its options, each by its type") {
  in_job({"text.txt", "--rounds", "7", "--damping=0.5", "--name", "x y", "--kind=second", "--loud"}, [](Job& job) {
    CHECK(job.argument("input", "a text") == "text.txt");
    CHECK(job.option("rounds", 30, "rounds") == 7);
    CHECK(job.option("damping", 0.85, "damping") == 0.5);
    CHECK(job.option("damped", 0.1F, "unset") == 0.1F);
    CHECK(job.option("name", "none", "a name") == std::string("x y"));
    CHECK(job.choice("kind", {"first", "second"}, "which") == "second");
    CHECK(job.flag("loud", "loud"));
    CHECK(job.option("size", std::uint32_t{12}, "unset") == 12);
    CHECK_FALSE(job.flag("soft", "soft"));
    CHECK(job.choice("mode", {"fast", "slow"}, "unset") == "fast");
  });
}

TEST_CASE("an option that is wrong, unknown or late is refused") {
  auto const unused = [](Job&) {};
  auto const takes_rounds = [](Job& job) { (void)job.option("rounds", std::int8_t{30}, "rounds"); };
  CHECK_THROWS_AS(in_job({"--rounds", "128"}, takes_rounds), pel::UsageError);
  CHECK_THROWS_AS(in_job({"--round", "1"}, takes_rounds), pel::UsageError);
  CHECK_THROWS_AS(in_job({"--partitions", "0"}, unused), pel::UsageError);
  CHECK_THROWS_AS(in_job({"--resume=perhaps"}, unused), pel::UsageError);
  CHECK_THROWS_AS(in_job({"--checkpoint-every", "0"}, unused), pel::UsageError);
  CHECK_THROWS_AS(in_job({"text.txt"}, unused), pel::UsageError);
  auto const late = [](Job& job) {
    (void)job.core().partitions();
    (void)job.option("rounds", 30, "rounds");
  };
  CHECK_THROWS_AS(in_job({}, late), pel::Misuse);
}

TEST_CASE("fewer partitions than ranks are refused") {
  auto const run = [](Job& job) { (void)job.run([](Partition p) { return Adder(p, 1, 0); }); };
  auto const partitions = std::to_string(pel::test::ranks() - 1);
  if (pel::test::ranks() > 1) CHECK_THROWS_AS(in_job({"--partitions", partitions}, run), pel::UsageError);
  CHECK_NOTHROW(in_job({"--partitions", std::to_string(pel::test::ranks())}, run));
}

TEST_CASE("a kernel that throws fails the job on all ranks, by the lowest partition") {
  using Deed = Culprit::Deed;
  struct Expected {
    Deed deed;
    std::string phase;
    std::int64_t superstep;
  };
  for (auto const& expected :
       {Expected{Deed::construct, "construct", -1}, {Deed::superstep, "superstep", 2}, {Deed::write, "write", -1}})
    for (auto const& shape : pel::test::shapes()) {
      if (shape.partitions == 1) continue;
      std::string told;
      try {
        in_job(shape.options(),
               [&](Job& job) { (void)job.run([&](Partition p) { return Culprit(p, 5, expected.deed); }); });
      } catch (pel::KernelFailed const& failure) {
        CHECK(failure.phase == expected.phase);
        CHECK(failure.superstep == expected.superstep);
        CHECK(failure.partition == 5);
        CHECK(failure.cause == "deed of 5");
        CHECK(failure.ranks == pel::test::ranks());
        told = failure.what();
      }
      CHECK(told.find("Culprit") != std::string::npos);
      CHECK(equal_on_all_ranks(told));
    }
}

TEST_CASE("partitions that give different columns fail the job") {
  auto const run = [](Job& job) { (void)job.run([](Partition p) { return Culprit(p, 3, Culprit::Deed::columns); }); };
  CHECK_THROWS_AS(in_job({"--partitions", "8"}, run), pel::InternalError);
}

TEST_CASE("a second run needs a name of its own") {
  auto const make = [](Partition p) { return Adder(p, 1, 0); };
  CHECK_THROWS_AS(in_job({}, [&](Job& job) { (void)job.run(make), (void)job.run(make); }), pel::Misuse);
  CHECK_THROWS_AS(in_job({}, [&](Job& job) { (void)job.run(make, "a"), (void)job.run(make, "a"); }), pel::Misuse);
  CHECK_NOTHROW(in_job({}, [&](Job& job) { (void)job.run(make), (void)job.run(make, "a"); }));
}

TEST_CASE("two runs of a job have checkpoints of their own and are resumed in either") {
  auto const undisturbed = two_runs({});
  for (std::int64_t const s : {2, 4, 6, 8}) {  // the first run has supersteps 0 to 4
    auto const directory = fresh_path(".ckpt");
    Words const options{"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir", directory};
    CAPTURE(s);
    stop_in(s, options);
    CHECK(std::filesystem::exists(directory + "/sample"));
    CHECK(std::filesystem::exists(directory + "/sort") == (s > 4));

    CHECK(two_runs(with(options, {"--resume"})) == undisturbed);
  }
}

TEST_CASE("an output is whole or absent, and the same on any shape") {
  std::map<std::uint32_t, std::string> texts;  // by partitions
  for (auto const& shape : pel::test::shapes()) {
    auto const text = fresh_path(".txt"), hdf5 = fresh_path(".h5");
    in_job(with(shape.options(), {"--output", text, "--output", hdf5}),
           [](Job& job) { (void)job.run([](Partition p) { return Adder(p, 3, 1); }); });
    auto const contents = pel::test::contents_of(text);
    CHECK(std::count(contents.begin(), contents.end(), '\n') == shape.partitions);
    CHECK(texts.emplace(shape.partitions, contents).first->second == contents);
    CHECK(std::filesystem::file_size(hdf5) > 0);
  }
  auto const lost = pel::test::scratch() / "no-such-directory" / "out.txt";
  auto const run = [](Job& job) { (void)job.run([](Partition p) { return Adder(p, 3, 1); }); };
  CHECK_THROWS_AS(in_job({"--output", lost.string()}, run), pel::WriteFailed);
  CHECK_FALSE(std::filesystem::exists(lost));
}

TEST_CASE("a job's main turns what becomes of it into an exit code") {
  auto const code = [](Words const& options, std::function<void(Job&)> const& body) {
    CommandLine const line(with(options, {"--quiet"}));
    return pel::main(line.argc(), line.argv(), body);
  };
  auto const run = [](Culprit::Deed deed) {
    return [deed](Job& job) { (void)job.run([deed](Partition p) { return Culprit(p, 5, deed); }); };
  };
  CHECK(code({}, run(Culprit::Deed::none)) == 0);
  CHECK(code({}, run(Culprit::Deed::superstep)) == 70);
  CHECK(code({"--no-such-option"}, run(Culprit::Deed::none)) == 64);
  CHECK(code({"--resume", "--checkpoint-dir", fresh_path(".ckpt")}, run(Culprit::Deed::none)) == 65);
  CHECK(code({"--output", "/dev/null/x"}, run(Culprit::Deed::none)) == 74);
  CHECK(code({}, [](Job&) {}) == 0);
  CHECK(code({}, [](Job& job) {
          (void)job.core().world();
          if (pel::test::rank() == pel::test::ranks() - 1) throw pel::MissingInput("x", "lost");
        }) == 66);
  CHECK(code({}, [](Job&) { throw 42; }) == 70);
}
