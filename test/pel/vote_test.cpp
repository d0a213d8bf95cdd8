// Who runs when: votes, mail and what is neither.
#include "pel/vote.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "pel/message.hpp"
#include "run_kernel.hpp"

namespace {

using pel::Partition;
using pel::partition_id;
using pel::Vote;
using pel::test::run_kernel;
using pel::test::shapes;

// What one superstep of a partition does: whom to write to, and its vote.
struct Deed {
  std::vector<std::size_t> to;
  Vote vote = Vote::halt;
};
using Script = std::function<Deed(std::size_t partition, std::int64_t superstep, bool has_mail)>;

// Does what the script says and notes the supersteps in which it runs.
class Actor {
 public:
  using Message = pel::Message<int, int, std::plus<>>;
  using Aggregate = pel::NoAggregate;
  Actor(Script script, Partition part) : script_(std::move(script)), part_(part) {}

  Vote superstep(pel::Superstep<Actor>& step) {
    ran_ += std::to_string(step.number()) + (step.inbox().empty() ? "," : "m,");
    auto const deed = script_(part_.index(), step.number(), !step.inbox().empty());
    for (auto const to : deed.to) step.send(partition_id(to), 0, 1);
    return deed.vote;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "ran", ran_); }
  void write(pel::Output& out) const { out.column("ran", std::vector{ran_}); }

 private:
  Script script_;
  Partition part_;
  std::string ran_;
};

// When each partition ran, a line each, as played through in one loop; and how many supersteps there were.
std::pair<std::string, std::int64_t> played_through(Script const& script, std::uint32_t partitions) {
  std::vector<std::string> ran(partitions);
  std::vector<bool> awake(partitions, true), mail(partitions, false);
  std::int64_t s = 0;
  for (;; ++s) {
    std::vector<bool> next(partitions, false);
    for (std::uint32_t p = 0; p < partitions; ++p) {
      if (!awake[p] && !mail[p]) continue;
      ran[p] += std::to_string(s) + (mail[p] ? "m," : ",");
      auto const deed = script(p, s, mail[p]);
      for (auto const to : deed.to) next[to] = true;
      awake[p] = deed.vote == Vote::go_on;
    }
    mail = next;
    auto const any = [](std::vector<bool> const& of) { return std::find(of.begin(), of.end(), true) != of.end(); };
    if (!any(awake) && !any(mail)) break;
  }
  std::string text;
  for (auto const& line : ran) text += line + "\n";
  return {text, s + 1};
}

void check_shape(Script const& script, pel::test::Shape const& shape) {
  auto const ran = run_kernel(shape.options(), [&](Partition p) { return Actor(script, p); });

  auto const [text, supersteps] = played_through(script, shape.partitions);
  CAPTURE(shape.partitions);
  CAPTURE(shape.threads);
  CHECK(ran.text == text);
  CHECK(ran.outcome.supersteps == supersteps);
  CHECK(ran.outcome.last_superstep == supersteps - 1);
}

void check(Script const& script) {
  for (auto const& shape : shapes()) check_shape(script, shape);
}

// Draws the numbers of its superstep twice.
class Drawer {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  Vote superstep(pel::Superstep<Drawer>& step) {
    for (int time = 0; time < 2; ++time) {
      auto random = step.random();
      for (int i = 0; i < 5; ++i) drawn_.push_back(random());
    }
    return step.number() < 2 ? Vote::go_on : Vote::halt;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "drawn", drawn_); }
  void write(pel::Output& out) const { out.column("drawn", drawn_); }

 private:
  std::vector<std::uint64_t> drawn_;
};

}  // namespace

TEST_CASE("when all halt at once and nobody has mail there is one superstep") {
  check([](std::size_t, std::int64_t, bool) { return Deed{}; });
}

TEST_CASE("partitions that go on run in every superstep") {
  check([](std::size_t p, std::int64_t s, bool) {
    return Deed{{}, s < static_cast<std::int64_t>(p % 5) ? Vote::go_on : Vote::halt};
  });
}

TEST_CASE("mail wakes a halted partition, and it alone") {
  // A letter goes from partition 0 to 1, from 1 to 3, from 3 to 7 and so on; nobody else runs.
  for (auto const& shape : shapes()) {
    Script const script = [&shape](std::size_t p, std::int64_t s, bool has_mail) {
      bool const has_letter = has_mail || (p == 0 && s == 0);
      return 2 * p + 1 < shape.partitions && has_letter ? Deed{{2 * p + 1}, Vote::halt} : Deed{};
    };
    check_shape(script, shape);
  }
}

TEST_CASE("a partition that mail woke may go on again") {
  check([](std::size_t p, std::int64_t s, bool has_mail) {
    if (p == 0)
      return Deed{s == 3 ? std::vector<std::size_t>{0} : std::vector<std::size_t>{}, s < 3 ? Vote::go_on : Vote::halt};
    if (has_mail) return Deed{{}, Vote::go_on};
    return Deed{s % 3 == 1 ? std::vector<std::size_t>{p - 1} : std::vector<std::size_t>{},
                s < 6 && s % 3 != 2 ? Vote::go_on : Vote::halt};
  });
}

TEST_CASE("mail sent in the superstep in which all halt is still delivered") {
  check([](std::size_t p, std::int64_t s, bool) {
    return Deed{s == 0 && p == 0 ? std::vector<std::size_t>{0} : std::vector<std::size_t>{}, Vote::halt};
  });
}

TEST_CASE("random numbers follow from the seed, the partition and the superstep alone") {
  for (auto const& shape : shapes())
    for (std::uint64_t const seed : {1U, 77U}) {
      auto options = shape.options();
      if (seed != 1) options = pel::test::with(options, {"--seed", std::to_string(seed)});  // 1 is the default

      auto const ran = run_kernel(options, [](Partition) { return Drawer(); });

      std::string expected;
      for (std::uint64_t p = 0; p < shape.partitions; ++p)
        for (std::uint64_t s = 0; s < 3; ++s)
          for (int time = 0; time < 2; ++time) {
            pel::Random random(seed, p, s);
            for (int i = 0; i < 5; ++i) expected += std::to_string(random()) + "\n";
          }
      CHECK(ran.text == expected);
    }
}
