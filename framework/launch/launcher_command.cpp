#include "launch/launcher_command.hpp"

#include <fmt/core.h>

#include "base/nearest.hpp"
#include "pel/error.hpp"

namespace pel::launch {
namespace {

void add(Command& command, std::vector<std::string> const& words) {
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
}

Command mpirun(LaunchPlan const& plan) {
  Command command;
  add(command, {"mpirun", "-n", std::to_string(plan.ranks)});
  if (!plan.hosts.empty()) add(command, {"--host", host_list(plan.hosts)});
  // mpirun counts cores as slots, without their hardware threads: here it need not count.
  if (plan.hosts.empty() || plan.ranks > slots_of(plan.hosts)) add(command, {"--oversubscribe"});
  add(command, {"--bind-to", "none"});
  // A dead rank ends the job at once; a silent host is noticed after 5 + 3 x 2 s.
  std::vector<std::pair<std::string, std::string>> const settings{{"mpi_yield_when_idle", "1"},
                                                                  {"odls_base_sigkill_timeout", "0"},
                                                                  {"oob_tcp_keepalive_time", "5"},
                                                                  {"oob_tcp_keepalive_intvl", "2"},
                                                                  {"oob_tcp_keepalive_probes", "3"}};
  for (auto const& [name, value] : settings) add(command, {"--mca", name, value});
  for (auto const& [name, value] : plan.environment) add(command, {"-x", name});
  if (plan.as_root) command.environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"}, {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}};
  return command;
}

Command srun(LaunchPlan const& plan) {
  Command command;
  add(command, {"srun", "--mpi=pmix", "--overlap", "-n", std::to_string(plan.ranks)});
  if (!plan.step_name.empty()) add(command, {"--job-name=" + plan.step_name});
  if (!plan.hosts.empty()) {
    std::string names;
    for (auto const& host : plan.hosts) names += (names.empty() ? "" : ",") + host.name;
    add(command, {"-N", std::to_string(plan.hosts.size()), "-w", names});
  }
  if (plan.ranks > (plan.hosts.empty() ? plan.cores : slots_of(plan.hosts))) add(command, {"--overcommit"});
  command.environment = {{"SLURM_OVERLAP", "1"}, {"OMPI_MCA_mpi_yield_when_idle", "1"}};
  return command;
}

}  // namespace

Launcher choose_launcher(std::string const& wanted, bool in_allocation) {
  if (wanted == "mpirun") return Launcher::mpirun;
  if (wanted == "srun") return Launcher::srun;
  if (!wanted.empty())
    throw ConfigError("PEL_LAUNCHER", fmt::format("\"{}\": expected mpirun or srun", wanted),
                      "unset it: inside a SLURM allocation srun is used, elsewhere mpirun");
  return in_allocation ? Launcher::srun : Launcher::mpirun;
}

Command launcher_command(LaunchPlan const& plan) {
  auto command = plan.launcher == Launcher::mpirun ? mpirun(plan) : srun(plan);
  command.environment.insert(command.environment.end(), plan.environment.begin(), plan.environment.end());
  add(command, plan.program);
  return command;
}

}  // namespace pel::launch
