#include "launch/banner.hpp"

#include <doctest/doctest.h>

#include <string>

using pel::launch::BannerFilter;
using pel::launch::death_in;

namespace {

std::string const dashes(74, '-');
std::string const notice =
    "mpirun noticed that process rank 2 with PID 0 on node node07 exited on signal 9 (Killed).\n";
std::string const banner = dashes + "\n" + notice + dashes + "\n";

// All of a stream, in pieces of some bytes.
BannerFilter::Parts filtered(std::string const& stream, std::size_t piece) {
  BannerFilter filter;
  BannerFilter::Parts all;
  auto const add = [&](BannerFilter::Parts const& parts) {
    all.text += parts.text;
    all.banner += parts.banner;
  };
  for (std::size_t at = 0; at < stream.size(); at += piece) add(filter.feed(stream.substr(at, piece)));
  add(filter.finish());
  return all;
}

}  // namespace

TEST_CASE("banners are taken out of the ranks' text, however the stream is cut") {
  auto const stream = "step 1\n" + banner + "step 2\n" + banner + "no line end";
  for (std::size_t const piece : {1, 7, 64, 4096}) {
    auto const parts = filtered(stream, piece);
    CHECK(parts.text == "step 1\nstep 2\nno line end");
    CHECK(parts.banner == banner + banner);
  }
}

TEST_CASE("text passes at once, also the start of a line") {
  BannerFilter filter;

  CHECK(filter.feed("step 1, ").text == "step 1, ");
  CHECK(filter.feed("done\n--").text == "done\n");
  CHECK(filter.feed(" a list\n").text == "-- a list\n");
}

TEST_CASE("what only looks like a banner is not lost") {
  CHECK(filtered(dashes + "\nnever closed\n", 16).text == dashes + "\nnever closed\n");
  std::string lines = dashes + "\n";
  for (int i = 0; i < 100; ++i) lines += "a table of the app's own\n";
  CHECK(filtered(lines, 50).text == lines);
  CHECK(filtered("----------\ntitle\n", 3).text == "----------\ntitle\n");
}

TEST_CASE("lines of the runtime go with its banners, a backtrace of a rank does not") {
  std::string const log = "[node07:01487] [[26929,0],0] ORTE_ERROR_LOG: Data unpack would read past end of buffer\n";
  std::string const help = "[node07:01487] 1 more process has sent help message help-mpi.txt / x\n";
  std::string const trace = "[node07:01487] *** Process received signal ***\n";

  std::string const signal = "mpirun: Forwarding signal 10 to job\n";

  auto const parts = filtered(log + trace + signal + "mpirun: no\n" + help, 11);

  CHECK(parts.banner == log + signal + help);
  CHECK(parts.text == trace + "mpirun: no\n");
}

TEST_CASE("a death is read from mpirun's banner, never its process id") {
  auto const death = death_in(banner);

  REQUIRE(death);
  CHECK(death->signal == 9);
  CHECK(death->rank == 2);
  CHECK(death->host == "node07");
  CHECK_FALSE(death_in("mpirun has exited due to process rank 1 with PID 0 on\nnode vm exiting improperly."));
}

TEST_CASE("of what srun tells the first death counts: the others it has killed itself") {
  auto const death =
      death_in("srun: error: n2: task 3: Segmentation fault\nsrun: error: n1: task 0: Killed\nsrun: launch/slurm: x\n");

  REQUIRE(death);
  CHECK(death->signal == 11);
  CHECK(death->rank == 3);
  CHECK(death->host == "n2");
  CHECK(death_in("srun: error: n1: tasks 0-1: Killed\n")->rank == 0);
}

TEST_CASE("the last death that mpirun tells counts, and half a sentence is none") {
  auto const text = banner + "process rank 7 with PID 0 on node node08 exited on signal 11 (Segmentation fault).\n";

  CHECK(death_in(text)->rank == 7);
  CHECK(death_in(text)->signal == 11);
  CHECK(death_in(text + "process rank 9 with PID 0 on node")->rank == 7);
  CHECK(death_in("process rank process rank 3 with PID 0 on node n exited on signal 6")->rank == 3);
  CHECK_FALSE(death_in("process rank "));
  CHECK_FALSE(death_in("srun: error: n1: task x: Killed\nsrun: error: n1: task 2: Exited with exit code 3\n"));
}
