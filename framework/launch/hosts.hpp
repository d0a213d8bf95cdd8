// The hosts that a job may run on, and which of them answer.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pel::launch {

struct Host {
  std::string name;
  int slots = 1;
  bool operator==(Host const&) const = default;
};

// "h1:2,h2:2,h3": names with slots, 1 where none are said; a name that comes again has the sum.
// Throws: UsageError.
[[nodiscard]] std::vector<Host> parse_hosts(std::string_view list);

// mpirun's host file: a line "name slots=2" a host; '#' begins a comment. Throws: MissingInput, ConfigError.
[[nodiscard]] std::vector<Host> read_hostfile(std::filesystem::path const& path);

// The reverse of parse_hosts().
[[nodiscard]] std::string host_list(std::vector<Host> const& hosts);

[[nodiscard]] int slots_of(std::vector<Host> const& hosts);

// SLURM's shorthand for numbers a node: "2(x3),1" is 2 2 2 1. Throws: ConfigError.
[[nodiscard]] std::vector<int> parse_per_node(std::string_view text);

// The nodes of the SLURM allocation that this process is part of, with as many slots as tasks, else cores; asks
// scontrol for the names. Throws: SystemError.
[[nodiscard]] std::vector<Host> slurm_hosts();

// The hosts that answer, all asked at once: through the agent that starts mpirun's daemons (OMPI_MCA_plm_rsh_agent, or
// ssh), or by a step of srun on each. This host answers always.
[[nodiscard]] std::vector<Host> answering(std::vector<Host> const& hosts, bool by_srun, double seconds);

}  // namespace pel::launch
