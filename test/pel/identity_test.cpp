// A checkpoint is taken only by the job that wrote it.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/version.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/option_table.hpp"
#include "comm/communicator.hpp"
#include "pel/error.hpp"
#include "run_kernel.hpp"
#include "store/checkpoint.hpp"
#include "support/mpi_test.hpp"

namespace {

namespace fs = std::filesystem;

using pel::Partition;
using pel::Vote;
using pel::test::WithFault;
using pel::test::Words;

// Counts to 5. Its class, its version and what it stores can differ.
template <int version_number>
class Counter {
 public:
  static constexpr int version = version_number;
  using Message = pel::NoMessage;
  using Aggregate = pel::Sum<int>;
  explicit Counter(bool has_more) : has_more_(has_more) {}
  Vote superstep(pel::Superstep<Counter>& step) {
    ++count_;
    step.contribute({1});
    return step.number() < 5 ? Vote::go_on : Vote::halt;
  }
  void serialize(auto& archive, unsigned) {
    pel::fields(archive, "count", count_);
    if (has_more_) pel::fields(archive, "more", more_);
  }
  void write(pel::Output& out) const { out.column("count", std::vector{count_}); }

 private:
  bool has_more_;
  int count_ = 0;
  double more_ = 0;
};

struct Job {
  std::string partitions = "8", seed = "1", rounds = "30", input = "digest";
  bool has_more = false;
};

template <int version = 1>
auto run(Job const& job, Words const& options) {
  auto const prepare = [&](pel::engine::JobCore& core) {
    (void)core.take({.name = "rounds", .value = "N", .fallback = "30"}, true);
    core.add_input_digest(job.input);
  };
  return pel::test::run_kernel(
      pel::test::with({"--partitions", job.partitions, "--seed", job.seed, "--rounds", job.rounds}, options),
      [&](Partition) { return Counter<version>(job.has_more); }, prepare);
}

// A directory with checkpoints of Job{}, stopped in superstep 3.
std::string stopped() {
  auto directory = pel::test::fresh_path(".ckpt");
  WithFault const fault("point=superstep,superstep=3,action=throw");
  CHECK_THROWS_AS(run({}, {"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir", directory}),
                  pel::KernelFailed);
  return directory;
}

// By which field a job is refused that would go on from there: "field: ours, theirs".
template <int version = 1>
std::string refusal(std::string const& directory, Job const& job) {
  try {
    (void)run<version>(job, {"--resume", "--checkpoint-mode", "sync", "--checkpoint-dir", directory});
  } catch (pel::ForeignCheckpoint const& foreign) {
    return foreign.field + ": " + foreign.ours + ", " + foreign.theirs;
  }
  return "taken";
}

// Does something with files while the other ranks wait. Collective: all ranks.
void alone(std::function<void()> const& work) {
  auto const all_here = pel::comm::Communicator::world();
  (void)all_here.all_gather("");
  if (pel::test::rank() == 0) work();
  (void)all_here.all_gather("");
}

void edit_alone(fs::path const& directory, std::string const& from, std::string const& to) {
  for (auto const& epoch : pel::store::CheckpointDirectory(directory).epochs()) {
    auto const path = epoch.directory / "MANIFEST.json";
    std::string text(fs::file_size(path) - 33, '\0');
    std::ifstream(path).read(text.data(), static_cast<std::streamsize>(text.size()));
    auto const at = text.find(from);
    CHECK(at != std::string::npos);
    if (at == std::string::npos) return;
    text.replace(at, from.size(), to);
    std::ofstream(path) << text << pel::base::to_hex(pel::base::digest_of(std::as_bytes(std::span(text)))) << '\n';
  }
}

// Replaces a text in all manifests, which stay whole. Collective: all ranks.
void edit(fs::path const& directory, std::string const& from, std::string const& to) {
  alone([&] { edit_alone(directory, from, to); });
}

// On rank 0; none on the others. Collective: all ranks.
std::vector<std::string> names_in(fs::path const& directory) {
  std::vector<std::string> names;
  alone([&] {
    for (auto const& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
  });
  return names;
}

}  // namespace

TEST_CASE("the job that wrote a checkpoint goes on from it") {
  auto const ran = run({}, {"--resume", "--checkpoint-dir", stopped()});

  CHECK(ran.outcome.resumed_from == 2);
  CHECK(ran.text == "6\n6\n6\n6\n6\n6\n6\n6\n");
}

TEST_CASE("another job is refused, and told by which field it is another") {
  auto const directory = stopped();
  CHECK(refusal(directory, {.partitions = "16"}) == "partitions: 16, 8");
  CHECK(refusal(directory, {.seed = "2"}) == "seed: 2, 1");
  CHECK(refusal(directory, {.rounds = "31"}) == "parameters: rounds=31, rounds=30");
  CHECK(refusal(directory, {.input = "other"}) == "input: other, digest");

  auto const schema = refusal(directory, {.has_more = true});
  CHECK(schema.rfind("schema: ", 0) == 0);
  CHECK(schema.find("float64 - state/more") != std::string::npos);
  auto const kernel = refusal<2>(directory, {});
  CHECK(kernel.rfind("kernel: ", 0) == 0);
  CHECK(kernel.find("version 2, ") != std::string::npos);
  CHECK(kernel.substr(kernel.size() - 9) == "version 1");

  CHECK(refusal(directory, {}) == "taken");  // none of them harmed it
}

TEST_CASE("a job that may start afresh is refused all the same") {
  auto const directory = stopped();

  CHECK_THROWS_AS(run({.seed = "2"}, {"--resume=auto", "--checkpoint-mode", "sync", "--checkpoint-dir", directory}),
                  pel::ForeignCheckpoint);
}

TEST_CASE("a fresh start refuses what another job has left, until it is told to let it go") {
  auto const directory = stopped();
  auto const before = names_in(directory);
  Words const options{"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir", directory};

  CHECK_THROWS_AS(run({.seed = "2"}, options), pel::ForeignCheckpoint);
  CHECK(names_in(directory) == before);

  (void)run({.seed = "2"}, pel::test::with(options, {"--checkpoint-overwrite"}));
  CHECK(refusal(directory, {}) == "seed: 1, 2");
}

TEST_CASE("checkpoints of another version of PEL are refused and stay as they are") {
  auto const directory = stopped();
  edit(directory, "\"format_version\": 2", "\"format_version\": 3");
  auto const before = names_in(directory);

  for (auto const& options : {Words{"--resume"}, Words{"--resume=auto"}, Words{"--checkpoint-every", "1"}})
    CHECK_THROWS_AS(run({}, pel::test::with({"--checkpoint-mode", "sync", "--checkpoint-dir", directory}, options)),
                    pel::ConfigError);

  CHECK(names_in(directory) == before);
}

TEST_CASE("another app, byte order or Boost is refused by name, another build is not") {
  auto const has_field = [](std::string const& refused, std::string const& field) {
    return refused.starts_with(field + ": ");
  };
  auto const directory = stopped();
  edit(directory, "PEL ", "another PEL ");
  CHECK(refusal(directory, {}) == "taken");

  edit(directory, "\"little\"", "\"big\"");
  CHECK(refusal(directory, {}) == "byte_order: little, big");
  edit(directory, "\"big\"", "\"little\"");
  edit(directory, BOOST_LIB_VERSION, "1_99");
  CHECK(has_field(refusal(directory, {}), "boost"));
  edit(directory, "1_99", BOOST_LIB_VERSION);
  edit(directory, "\"app\",", "\"appl\",");
  CHECK(has_field(refusal(directory, {}), "app"));
}
