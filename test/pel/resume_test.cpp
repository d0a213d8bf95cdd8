// A job that is interrupted, rebuilt or resumed gives what an undisturbed one gives.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "every_field.hpp"
#include "pel/error.hpp"
#include "run_kernel.hpp"

namespace {

namespace fs = std::filesystem;
using pel::Partition;
using pel::test::every_field_cells;
using pel::test::every_field_supersteps;
using pel::test::EveryField;
using pel::test::Rod;
using pel::test::with;
using pel::test::WithFault;
using pel::test::Words;

Words const shape{"--partitions", "16", "--threads", "2"};

auto run(Words const& options, std::string const& forgotten = {}) {
  std::shared_ptr<Rod const> rod;
  return pel::test::run_kernel(
      options, [&](Partition p) { return EveryField(rod, p, forgotten); },
      [&](pel::engine::JobCore& core) { rod = std::make_shared<Rod const>(core, every_field_cells); });
}

using Ran = decltype(run({}));

Ran const& undisturbed() {
  static Ran const ran = run(shape);
  return ran;
}

bool same(Ran const& a, Ran const& b) {
  return a.text == b.text && a.outcome.digest == b.outcome.digest &&
         a.aggregate.first.value == b.aggregate.first.value && a.aggregate.second.value == b.aggregate.second.value;
}

// Runs with checkpoints until superstep `s`, in which partition 0 throws. Whether it did, on all ranks.
bool stopped_in(std::int64_t s, Words const& options) {
  WithFault const fault("point=superstep,partition=0,action=throw,superstep=" + std::to_string(s));
  try {
    (void)run(options);
  } catch (pel::KernelFailed const& failure) {
    return failure.superstep == s && failure.partition == 0;
  }
  return false;
}

// A job that throws has ended here when it may still be deleting an older epoch on rank 0. Collective: all ranks.
std::vector<std::string> epochs_in(std::string const& directory) {
  auto const all_here = pel::comm::Communicator::world();
  (void)all_here.all_gather("");
  std::vector<std::string> names;
  for (auto const& entry : fs::directory_iterator(directory))
    if (auto const name = entry.path().filename().string(); name.rfind("epoch-", 0) == 0) names.push_back(name);
  std::sort(names.begin(), names.end());
  (void)all_here.all_gather("");
  return names;
}

// Cuts the last rank's part of an epoch in half.
void cut_part(std::string const& directory, std::string const& epoch) {
  auto const all_here = pel::comm::Communicator::world();
  (void)all_here.all_gather("");
  if (pel::test::rank() == 0) {
    auto const part = fs::path(directory) / epoch / ("part-0000" + std::to_string(pel::test::ranks() - 1) + ".h5");
    fs::resize_file(part, fs::file_size(part) / 2);
  }
  (void)all_here.all_gather("");
}

}  // namespace

TEST_CASE("a job of every kind of field gives the same on other threads") {
  CHECK(undisturbed().outcome.supersteps == every_field_supersteps);
  CHECK(same(run({"--partitions", "16", "--threads", "1"}), undisturbed()));
  CHECK_FALSE(run({"--partitions", "16", "--seed", "2"}).text == undisturbed().text);
}

TEST_CASE("remaking all kernels from their fields after any superstep changes nothing") {
  for (std::int64_t k = 0; k < every_field_supersteps; ++k) {
    CAPTURE(k);
    CHECK(same(run(with(shape, {"--rebuild-at", std::to_string(k)})), undisturbed()));
  }
}

TEST_CASE("remaking the kernels finds each field that serialize() forgets") {
  for (auto const& name : EveryField::names()) {
    CAPTURE(name);
    CHECK(run(shape, name).outcome.digest == undisturbed().outcome.digest);
    CHECK_FALSE(run(with(shape, {"--rebuild-at", "5"}), name).outcome.digest == undisturbed().outcome.digest);
  }
}

TEST_CASE("writing checkpoints changes nothing, and the newest two are kept") {
  auto const directory = pel::test::fresh_path(".ckpt");

  auto const ran =
      run(with(shape, {"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir", directory}));

  CHECK(same(ran, undisturbed()));
  CHECK(ran.outcome.resumed_from == -1);
  CHECK(epochs_in(directory) == std::vector<std::string>{"epoch-000000006", "epoch-000000007"});
}

TEST_CASE("a job that fails in any superstep and is resumed gives what an undisturbed one gives") {
  for (std::int64_t s = 1; s < every_field_supersteps; ++s) {
    auto const directory = pel::test::fresh_path(".ckpt");
    Words const options =
        with(shape, {"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir", directory});
    CAPTURE(s);
    CHECK(stopped_in(s, options));

    auto const resumed = run(with(options, {"--resume"}));

    CHECK(same(resumed, undisturbed()));
    CHECK(resumed.outcome.resumed_from == s - 1);
    CHECK(resumed.outcome.supersteps == every_field_supersteps - s);
    CHECK(resumed.outcome.last_superstep == every_field_supersteps - 1);
  }
}

TEST_CASE("a job goes on from the last multiple of the interval, without writing or with") {
  auto const directory = pel::test::fresh_path(".ckpt");
  CHECK(stopped_in(
      8, with(shape, {"--checkpoint-every", "3", "--checkpoint-mode", "sync", "--checkpoint-dir", directory})));

  auto const resumed = run(with(shape, {"--checkpoint-mode", "sync", "--checkpoint-dir", directory, "--resume"}));
  CHECK(resumed.outcome.resumed_from == 5);
  CHECK(same(resumed, undisturbed()));

  auto const again = run({"--partitions", "16", "--threads", "1", "--checkpoint-mode", "sync", "--checkpoint-dir",
                          directory, "--resume=auto", "--checkpoint-every", "2", "--rebuild-at", "6"});
  CHECK(again.outcome.resumed_from == 5);
  CHECK(same(again, undisturbed()));
}

TEST_CASE("a job may fail and be resumed over and over") {
  auto const directory = pel::test::fresh_path(".ckpt");
  Words options = with(shape, {"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir", directory});
  for (std::int64_t s = 2; s < every_field_supersteps; s += 2) {
    CHECK(stopped_in(s, options));
    if (s == 2) options.emplace_back("--resume");
  }

  CHECK(same(run(options), undisturbed()));
}

TEST_CASE("where the newest epoch is damaged the job goes on from the one before") {
  auto const directory = pel::test::fresh_path(".ckpt");
  Words const options =
      with(shape, {"--checkpoint-every", "2", "--checkpoint-mode", "sync", "--checkpoint-dir", directory});
  CHECK(stopped_in(7, options));
  CHECK(epochs_in(directory) == std::vector<std::string>{"epoch-000000003", "epoch-000000005"});
  cut_part(directory, "epoch-000000005");

  auto const resumed = run(with(options, {"--resume"}));

  CHECK(resumed.outcome.resumed_from == 3);
  CHECK(same(resumed, undisturbed()));
}

TEST_CASE("without a usable epoch a job is not resumed, or starts afresh if it may") {
  auto const directory = pel::test::fresh_path(".ckpt");
  Words const options =
      with(shape, {"--checkpoint-every", "2", "--checkpoint-mode", "sync", "--checkpoint-dir", directory});
  CHECK_THROWS_AS(run(with(options, {"--resume"})), pel::NoCheckpoint);
  CHECK(stopped_in(7, options));
  cut_part(directory, "epoch-000000003");
  cut_part(directory, "epoch-000000005");

  CHECK_THROWS_AS(run(with(options, {"--resume"})), pel::NoCheckpoint);
  auto const afresh = run(with(options, {"--resume=auto"}));

  CHECK(afresh.outcome.resumed_from == -1);
  CHECK(same(afresh, undisturbed()));
}

TEST_CASE("a checkpoint that cannot be written does not stop the job") {
  for (auto const* const point : {"part_synced", "before_rename"}) {
    auto const directory = pel::test::fresh_path(".ckpt");
    WithFault const fault(std::string("rank=0,superstep=7,action=enospc,point=") + point);

    auto const ran =
        run(with(shape, {"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir", directory}));

    CHECK(same(ran, undisturbed()));
    CHECK(epochs_in(directory) == std::vector<std::string>{"epoch-000000006"});
  }
}

TEST_CASE("a job that starts from superstep 0 does not meet the checkpoints of an earlier one") {
  auto const directory = pel::test::fresh_path(".ckpt");
  Words const options =
      with(shape, {"--checkpoint-every", "1", "--checkpoint-mode", "sync", "--checkpoint-dir", directory});
  CHECK(stopped_in(6, options));
  CHECK(stopped_in(3, options));
  CHECK(epochs_in(directory) == std::vector<std::string>{"epoch-000000001", "epoch-000000002"});

  auto const resumed = run(with(options, {"--resume"}));

  CHECK(resumed.outcome.resumed_from == 2);
  CHECK(same(resumed, undisturbed()));
}

TEST_CASE("a fold that fails on one rank while epochs are written is the same failure on all") {
  for (int s = 1; s < 7; ++s) {
    auto const directory = pel::test::fresh_path(".ckpt");
    WithFault const fault("point=fold,rank=0,action=throw,superstep=" + std::to_string(s));
    CAPTURE(s);

    CHECK_THROWS_AS(run(with(shape, {"--checkpoint-every", "1", "--checkpoint-dir", directory})), pel::KernelFailed);
  }
}
