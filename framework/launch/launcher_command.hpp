// The command line that starts the ranks: mpirun, or srun inside a SLURM allocation.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "launch/hosts.hpp"
#include "launch/process.hpp"

namespace pel::launch {

enum class Launcher { mpirun, srun };

// What one launch needs. Without hosts all ranks run here (mpirun) or wherever SLURM has nodes (srun).
struct LaunchPlan {
  Launcher launcher = Launcher::mpirun;
  int ranks = 1;
  std::vector<Host> hosts{};
  int cores = 1;  // of this machine; ranks beyond them share
  bool as_root = false;
  std::string step_name{};                                         // of an srun step, to find it by
  std::vector<std::string> program{};                              // the app with its arguments
  std::vector<std::pair<std::string, std::string>> environment{};  // PEL_… variables that every rank gets
};

// PEL_LAUNCHER decides; else srun inside a SLURM allocation, mpirun elsewhere. Throws: ConfigError.
[[nodiscard]] Launcher choose_launcher(std::string const& wanted, bool in_allocation);

[[nodiscard]] Command launcher_command(LaunchPlan const& plan);

}  // namespace pel::launch
