// A look at the whole result on rank 0, and what a job ends with that found it wrong.
#include "engine/result_check.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "pel/error.hpp"
#include "pel/job.hpp"
#include "pel/run.hpp"
#include "pel/superstep.hpp"
#include "run_kernel.hpp"

using namespace pel::test;

namespace {

// A row with its number for each partition, but none for the first; in the last one of many.
class Numbered {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  explicit Numbered(pel::Partition part) : rows_(part.index() == 0 ? 0 : part.index() + 1 == part.count ? 300'000 : 1) {
    for (auto& row : rows_) row = static_cast<std::int64_t>(part.index());
  }
  pel::Vote superstep(pel::Superstep<Numbered>&) { return pel::Vote::halt; }
  void serialize(auto&, unsigned) {}
  void write(pel::Output& out) const { out.column("number", rows_); }

 private:
  std::vector<std::int64_t> rows_;
};

std::string expected_text(int partitions) {
  std::string text;
  for (int p = 1; p + 1 < partitions; ++p) text += std::to_string(p) + "\n";
  for (int i = 0; i < 300'000; ++i) text += std::to_string(partitions - 1) + "\n";
  return text;
}

int run(pel::engine::ResultCheck const& check, Words const& options = {}) {
  CommandLine const line(with({"--quiet", "--partitions", "8"}, options));
  return pel::engine::run_main(line.argc(), line.argv(), [&](pel::engine::JobCore& core) {
    pel::Job(core).run([](pel::Partition part) { return Numbered(part); }, "", check);
  });
}

}  // namespace

TEST_CASE("rank 0 sees all rows in the order of partitions, the others none") {
  int calls = 0;
  std::string seen;

  auto const code = run([&](std::string text) {
    ++calls;
    seen = std::move(text);
    return std::string();
  });

  CHECK(code == 0);
  CHECK(calls == (rank() == 0 ? 1 : 0));
  if (rank() == 0) CHECK(seen == expected_text(8));
}

TEST_CASE("a job whose result is wrong writes it, and ends with 1 on all ranks") {
  auto const output = fresh_path(".txt"), summary = fresh_path(".json");

  auto const code =
      run([](std::string const&) { return "one of them is wrong"; }, {"--output", output, "--summary", summary});

  CHECK(code == static_cast<int>(pel::ExitCode::mismatch));
  if (rank() == 0) CHECK(contents_of(output) == expected_text(8));
  if (rank() == 0) CHECK(contents_of(summary).find("\"verified\": false") != std::string::npos);
}

TEST_CASE("a check that throws fails the job on all ranks") {
  CHECK(run([](std::string const&) -> std::string { throw pel::MissingInput("golden", "gone"); }) == 66);
  CHECK(run([](std::string const&) -> std::string { throw std::runtime_error("no"); }) == 70);
}
