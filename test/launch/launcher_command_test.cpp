#include "launch/launcher_command.hpp"

#include <doctest/doctest.h>

#include <string>

#include "pel/error.hpp"

using pel::launch::Launcher;
using pel::launch::LaunchPlan;

namespace {

std::string line(LaunchPlan const& plan) { return pel::launch::shown(pel::launch::launcher_command(plan)); }
bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("mpirun gets what a lost host and a dead rank need, and the variables by name") {
  auto const text = line({.ranks = 4,
                          .hosts = {{"h1", 2}, {"h2", 2}},
                          .program = {"bin/app", "--graph", "a b"},
                          .environment = {{"PEL_INCARNATION", "3"}}});

  CHECK(has(text, "mpirun -n 4 --host h1:2,h2:2 --bind-to none"));
  CHECK_FALSE(has(text, "--oversubscribe"));
  CHECK(has(text, "--mca oob_tcp_keepalive_time 5"));
  CHECK(has(text, "--mca odls_base_sigkill_timeout 0"));
  CHECK(has(text, "-x PEL_INCARNATION bin/app --graph 'a b'"));
}

TEST_CASE("more ranks than slots share them") {
  CHECK(has(line({.ranks = 5, .hosts = {{"h1", 2}, {"h2", 2}}, .program = {"app"}}), "--oversubscribe"));
  CHECK(has(line({.ranks = 5, .cores = 2, .program = {"app"}}), "--oversubscribe"));
  CHECK(has(line({.launcher = Launcher::srun, .ranks = 5, .hosts = {{"h1", 2}}, .program = {"app"}}), "--overcommit"));
}

TEST_CASE("only root needs the permission to be root") {
  LaunchPlan plan{.program = {"app"}};
  CHECK(pel::launch::launcher_command(plan).environment.empty());
  plan.as_root = true;
  CHECK(pel::launch::launcher_command(plan).environment.size() == 2);
}

TEST_CASE("srun runs a step with a name on the nodes that are left") {
  auto const text = line({.launcher = Launcher::srun,
                          .ranks = 3,
                          .hosts = {{"n1", 2}, {"n3", 2}},
                          .step_name = "pel-4",
                          .program = {"app"}});

  CHECK(text == "srun --mpi=pmix --overlap -n 3 --job-name=pel-4 -N 2 -w n1,n3 app");
}

TEST_CASE("srun inside an allocation, mpirun elsewhere, unless told") {
  CHECK(pel::launch::choose_launcher("", true) == Launcher::srun);
  CHECK(pel::launch::choose_launcher("", false) == Launcher::mpirun);
  CHECK(pel::launch::choose_launcher("mpirun", true) == Launcher::mpirun);
  CHECK(pel::launch::choose_launcher("srun", false) == Launcher::srun);
  CHECK_THROWS_AS((void)pel::launch::choose_launcher("mprun", false), pel::ConfigError);
}
