// --verify where the reference finds something else, or fails: the same on all ranks. The apps' own:
// apps/data_verify.py
#include "data/verifier.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "pel/dataset.hpp"
#include "pel/error.hpp"
#include "pel/verify.hpp"
#include "run_datasets.hpp"

using namespace pel::test;
using pel::ExitCode;

namespace {

// Lines "0 10", "1 11", "2 12".
void write_three(pel::Job& job) {
  pel::generate<std::uint64_t>(job, 3, [](std::uint64_t i) {
    return i;
  }).write_lines(job.output(), [](std::uint64_t i, auto& out) { out << i << ' ' << i + 10 << '\n'; });
}

// What a job that verifies its counts ends with. Collective: all ranks.
ExitCode verdict(Words const& options, pel::data::Reference const& reference) {
  auto const output = fresh_path(".txt");
  CommandLine const line(with({"--quiet", "--output", output}, options));
  pel::engine::JobCore core(line.argc(), line.argv());
  pel::Job job(core);
  auto const verifier = pel::verify_counts(job);
  write_three(job);
  verifier.check(reference);
  core.finish();
  return core.verdict();
}

auto says(std::string const& text) {
  return [text](std::size_t) { return text; };
}

}  // namespace

TEST_CASE("all ranks learn what rank 0 finds against the reference") {
  CHECK(verdict({"--verify"}, says("1 11\n0 10\n2 12\n")) == ExitCode::done);
  CHECK(verdict({"--verify"}, says("1 11\n0 10\n2 13\n")) == ExitCode::mismatch);
  CHECK(verdict({"--verify"}, says("1 11\n0 10\n")) == ExitCode::mismatch);
}

TEST_CASE("nobody asks for the reference where --verify is not given, or names a file") {
  auto const golden = text_file("2 12\n1 11\n0 10\n"), wrong = text_file("2 12\n1 11\n");
  bool asked = false;
  auto const reference = [&](std::size_t) {
    asked = true;
    return std::string();
  };

  CHECK(verdict({}, reference) == ExitCode::done);
  CHECK(verdict({"--verify=" + golden}, reference) == ExitCode::done);
  CHECK(verdict({"--verify=" + wrong}, reference) == ExitCode::mismatch);
  CHECK_FALSE(asked);
}

TEST_CASE("a reference that fails fails the job, on all ranks alike") {
  auto const vanished = [](std::size_t) -> std::string { throw pel::MissingInput("gone.txt", "it has vanished"); };

  CHECK_THROWS_AS((void)verdict({"--verify"}, vanished), pel::MissingInput);
  CHECK_THROWS_AS((void)verdict({"--verify"}, says("1 many\n")), pel::BadData);
}

TEST_CASE("goldens are looked at before anything is written") {
  CHECK_THROWS_AS((void)verdict({"--verify=none.tsv"}, says("")), pel::MissingInput);
  auto const bad = text_file("1 11\nno count\n");
  CHECK_THROWS_AS((void)verdict({"--verify=" + bad}, says("")), pel::BadData);
}
