#include "engine/driven_run.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "comm/native.hpp"
#include "driver.hpp"
#include "engine/outgoing.hpp"
#include "pel/error.hpp"
#include "support/mpi_test.hpp"

using pel::comm::Communicator;
using pel::engine::CheckpointEvery;
using pel::engine::CheckpointMode;
using pel::engine::DrivenRun;
using pel::engine::NamedState;
using pel::engine::Resume;
using pel::engine::RunOutcome;
using pel::engine::RunSettings;
using pel::engine::Stage;
using pel::engine::StateVisitor;
using pel::engine::StepFrame;
using pel::test::rank;
using pel::test::ranks;

using pel::test::Driver;
using pel::test::settings_of;

namespace {

using Contributions = std::span<std::span<std::byte const> const>;

// A directory that no test has had; the same on all ranks, which call it equally often.
std::string fresh_directory() {
  static int n = 0;
  return (pel::test::scratch() / ("ckpt-" + std::to_string(n++))).string();
}

void append(std::vector<std::byte>& bytes, std::int64_t value) {
  auto const at = bytes.size();
  bytes.resize(at + sizeof value);
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

std::int64_t number_in(std::span<std::byte const> bytes) {
  std::int64_t value = -1;
  if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

void send(StepFrame& frame, std::size_t to, std::int64_t value) {
  frame.outgoing->shape({{pel::partition_id(to), 1, sizeof value}}, frame.local);
  std::memcpy(frame.outgoing->bytes(0).data(), &value, sizeof value);
}

bool on_all_ranks(std::string const& text) {
  bool same = true;
  for (auto const& other : Communicator::world().all_gather(text)) same = same && other == text;
  return same;
}

// Rounds in which each partition mixes what it has with the sum of all, both of which have names.
class Rounds {
 public:
  explicit Rounds(DrivenRun& run) : run_(run), mine_(run.mine().size(), 1) {
    if (run_.restored("mine")) load();
    run_.name("mine", {.visit = [this](std::size_t slot, StateVisitor& v) { show(v, "mine/it", mine_[slot]); },
                       .visit_replicated = {}});
    run_.name("sum", {.visit = {}, .visit_replicated = [this](StateVisitor& v) {
                        show(v, "sum/value", sum_);
                        show(v, "sum/round", round_);
                      }});
  }

  void go_on(std::int64_t rounds, std::int64_t failing = -1) {
    while (round_ < rounds) {
      Stage stage{.name = "round", .step = {}, .fold = [this](Contributions all) { fold(all); }};
      stage.step = [&](std::size_t slot, StepFrame& frame) {
        if (round_ == failing && frame.partition.index() == 3)
          throw std::runtime_error("round " + std::to_string(round_));
        mine_[slot] = mine_[slot] * 3 + sum_ % 1000 + static_cast<std::int64_t>(frame.partition.index());
        append(*frame.contribution, mine_[slot] % 1000);
      };
      if (!run_.superstep(stage)) throw std::logic_error("stopped");
    }
  }
  [[nodiscard]] std::int64_t round() const { return round_; }
  [[nodiscard]] std::int64_t sum() const { return sum_; }

 private:
  static void show(StateVisitor& visitor, char const* name, std::int64_t const& value) {
    visitor.visit({.name = name, .type = pel::base::ElementType::i64, .row_shape = {}}, 1,
                  std::as_bytes(std::span(&value, 1)));
  }
  void load() {
    for (std::size_t slot = 0; slot < mine_.size(); ++slot)
      for (auto const& field : run_.restored_fields("mine", slot)) mine_[slot] = number_in(field.bytes);
    for (auto const& field : run_.restored_value("sum"))
      (field.info.name == "sum/round" ? round_ : sum_) = number_in(field.bytes);
  }
  void fold(Contributions all) {
    for (auto const bytes : all) sum_ = sum_ * 7 % 1'000'003 + number_in(bytes);
    ++round_;
  }

  DrivenRun& run_;
  std::vector<std::int64_t> mine_;
  std::int64_t sum_ = 1, round_ = 0;
};

constexpr std::int64_t rounds = 9;

std::int64_t undisturbed(std::uint32_t partitions) {
  Driver driver(settings_of(partitions), 2);
  Rounds all(*driver.run);
  all.go_on(rounds);
  (void)driver.run->close();
  return all.sum();
}

// A directory with checkpoints of a run that failed in round 6, the last one of round 5.
RunSettings failed_run(std::uint32_t partitions) {
  auto settings = settings_of(partitions);
  settings.checkpoint_dir = fresh_directory();
  settings.checkpoint_mode = CheckpointMode::sync;
  settings.checkpoint_every = CheckpointEvery::parse("2");
  Driver driver(settings, 1);
  Rounds all(*driver.run);
  CHECK_THROWS_AS(all.go_on(rounds, 6), pel::KernelFailed);
  settings.checkpoint_every.kind = CheckpointEvery::Kind::off;
  settings.resume = Resume::must;
  return settings;
}

}  // namespace

TEST_CASE("stages run in the driver's order, on each partition once, and fold what all contribute in order") {
  for (auto const partitions : {5U, 64U})
    for (int const threads : {1, 2}) {
      Driver driver(settings_of(partitions), threads);
      std::vector<std::int64_t> folded;
      for (std::int64_t stage = 0; stage < 3; ++stage)
        CHECK(driver.run->superstep({.name = stage == 1 ? "middle" : "outer",
                                     .step =
                                         [&](std::size_t slot, StepFrame& frame) {
                                           if (frame.number == stage && frame.partition.id == driver.run->mine()[slot])
                                             append(*frame.contribution,
                                                    stage * 100 + static_cast<std::int64_t>(frame.partition.index()));
                                         },
                                     .fold =
                                         [&](Contributions all) {
                                           for (auto const bytes : all) folded.push_back(number_in(bytes));
                                         }}));
      auto const outcome = driver.run->close();

      std::vector<std::int64_t> right;
      for (std::int64_t stage = 0; stage < 3; ++stage)
        for (std::uint32_t p = 0; p < partitions; ++p) right.push_back(stage * 100 + p);
      CHECK(folded == right);
      CHECK(outcome.supersteps == 3);
      CHECK(outcome.last_superstep == 2);
    }
}

TEST_CASE("what one stage sends the next one finds, and no later one") {
  constexpr std::uint32_t partitions = 7;
  Driver driver(settings_of(partitions), 2);
  std::vector<std::int64_t> inboxes;
  Stage sends{.name = "send", .step = {}, .fold = {}}, reads{.name = "read", .step = {}, .fold = {}};
  sends.step = [](std::size_t, StepFrame& frame) {
    send(frame, (frame.partition.index() + 3) % 7, static_cast<std::int64_t>(frame.partition.index()));
  };
  reads.step = [](std::size_t, StepFrame& frame) {
    for (auto const& segment : frame.inbox) append(*frame.contribution, number_in(segment.bytes));
  };
  reads.fold = [&](Contributions all) {
    for (auto const bytes : all) inboxes.push_back(number_in(bytes));
  };

  CHECK(driver.run->superstep(sends));
  CHECK(driver.run->superstep(reads));
  CHECK(driver.run->superstep(reads));

  CHECK(inboxes == std::vector<std::int64_t>{4, 5, 6, 0, 1, 2, 3, -1, -1, -1, -1, -1, -1, -1});
}

TEST_CASE("a stage that throws on some partitions fails on all ranks, by the lowest, with its name") {
  Driver driver(settings_of(8), 2);
  std::string told;
  CHECK(driver.run->superstep({.name = "well", .step = {}, .fold = {}}));
  try {
    (void)driver.run->superstep({.name = "sort_by",
                                 .step =
                                     [](std::size_t, StepFrame& frame) {
                                       if (frame.partition.index() >= 5) throw std::runtime_error("no order");
                                     },
                                 .fold = {}});
  } catch (pel::KernelFailed const& failure) {
    told = failure.what();
    CHECK(failure.partition == 5);
    CHECK(failure.superstep == 1);
    CHECK(failure.cause == "no order");
  }

  CHECK(told.find("sort_by") != std::string::npos);
  CHECK(on_all_ranks(told));
}

TEST_CASE("a fold that throws on one rank fails on all, where they agree next") {
  Driver driver(settings_of(8), 1);
  Stage sum{.name = "sum", .step = {}, .fold = {}};
  sum.fold = [](Contributions) {
    if (rank() == ranks() - 1) throw std::runtime_error("too much");
  };
  std::string told;
  try {
    (void)driver.run->superstep(sum);
    (void)driver.run->superstep({.name = "next", .step = {}, .fold = {}});
  } catch (pel::KernelFailed const& failure) {
    told = failure.what();
    CHECK(failure.cause == "too much");
    CHECK(failure.superstep == 0);
  }

  CHECK_FALSE(told.empty());
  CHECK(on_all_ranks(told));
}

TEST_CASE("ranks whose programs differ fail together, wherever they part") {
  if (ranks() == 1) return;
  bool const odd = rank() == ranks() - 1;
  auto const stage = [](std::string const& name) {
    return Stage{.name = name,
                 .step = [](std::size_t, StepFrame& frame) { send(frame, (frame.partition.index() + 1) % 8, 1); },
                 .fold = {}};
  };
  {
    Driver driver(settings_of(8), 1);
    CHECK(driver.run->superstep(stage("same")));
    std::string told;
    try {
      (void)driver.run->superstep(stage(odd ? "other" : "most"));
    } catch (pel::KernelFailed const& failure) {
      told = failure.what();
    }
    CHECK(told.find("ranks are at different steps of the program") != std::string::npos);
    CHECK(on_all_ranks(told));
  }
  {
    Driver driver(settings_of(8), 1);
    CHECK(driver.run->superstep(stage("same")));
    auto const end = [&] {
      (void)driver.run->close();
      driver.world.together(pel::engine::Site::end, "end", [] {});
    };
    CHECK_THROWS_AS(odd ? end() : (void)driver.run->superstep(stage("one more")), pel::InternalError);
  }
}

TEST_CASE("the digest is that of what was written, in order, on any ranks") {
  auto const digest_of = [](std::vector<std::string> const& texts) {
    Driver driver(settings_of(8), 1);
    for (auto const& text : texts) driver.run->add_to_digest(pel::base::digest_of(std::as_bytes(std::span(text))));
    return driver.run->close().digest;
  };
  CHECK(digest_of({"a", "b"}) == digest_of({"a", "b"}));
  CHECK_FALSE(digest_of({"a", "b"}) == digest_of({"b", "a"}));
  CHECK_FALSE(digest_of({"a"}) == digest_of({}));
  CHECK(on_all_ranks(digest_of({"a", "b"})));
}

TEST_CASE("two states of one name are refused, and names that are no part of a path") {
  Driver driver(settings_of(8), 1);
  driver.run->name("x", {});
  driver.run->name("y", {});
  CHECK_THROWS_AS(driver.run->name("x", {}), pel::Misuse);
  CHECK_THROWS_AS(driver.run->name("x/y", {}), pel::Misuse);
  CHECK_THROWS_AS(driver.run->name("", {}), pel::Misuse);
}

TEST_CASE("a run that begins afresh has nothing to restore, also after its state was visited and loaded") {
  auto const right = undisturbed(8);
  auto settings = settings_of(8);
  settings.rebuild_at = 2;
  Driver driver(settings, 2);
  CHECK_FALSE(driver.run->restored("mine"));
  Rounds all(*driver.run);
  all.go_on(rounds);
  (void)driver.run->close();

  CHECK(all.sum() == right);
  CHECK_FALSE(driver.run->restored("mine"));
  CHECK_FALSE(driver.run->restored("sum"));
}

TEST_CASE("named state is restored, on this number of ranks and on each smaller one") {
  constexpr std::uint32_t partitions = 8;
  auto const right = undisturbed(partitions);
  auto const settings = failed_run(partitions);
  auto const all_here = Communicator::world();
  for (int fewer = ranks(); fewer >= 1; --fewer) {
    CAPTURE(fewer);
    auto const part = all_here.native().boost.split(rank() < fewer ? 0 : 1);
    if (rank() < fewer) {
      Communicator const some(std::make_shared<Communicator::Native const>(Communicator::Native{part}));
      Driver driver(settings, 1, some);
      CHECK(driver.run->restored("mine"));
      CHECK_FALSE(driver.run->restored("min"));
      CHECK(driver.run->restored_value("sum").size() == 2);
      Rounds all(*driver.run);
      CHECK(all.round() == 6);
      all.go_on(rounds);
      auto const outcome = driver.run->close();

      CHECK(all.sum() == right);
      CHECK(outcome.resumed_from == 5);
      CHECK(outcome.supersteps == 3);
    }
    (void)all_here.all_gather("");
  }
}

TEST_CASE("what a resumed program has not come to yet stays in checkpoints") {
  auto const right = undisturbed(8);
  auto settings = failed_run(8);
  settings.checkpoint_every = CheckpointEvery::parse("1");
  {
    Driver driver(settings, 1);
    // Reads its input again, so to say: two checkpoints are written meanwhile, and keep no older one.
    Stage const other{.name = "other", .step = {}, .fold = {}};
    for (int i = 0; i < 3; ++i) CHECK(driver.run->superstep(other));
    (void)driver.run->close();
  }
  Driver driver(settings, 1);
  CHECK(driver.run->restored("mine"));
  Rounds all(*driver.run);
  CHECK(all.round() == 6);
  all.go_on(rounds);
  CHECK(driver.run->close().resumed_from == 8);
  CHECK(all.sum() == right);
}
