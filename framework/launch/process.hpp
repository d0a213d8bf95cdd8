// Child processes: started by fork and exec with the arguments as they are, never through a shell; seen and ended
// through /proc and signals. The launcher has one thread.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pel::launch {

// A program with its arguments (the first is the program, looked for in PATH if it has no slash), and what its
// environment has beyond the launcher's own.
struct Command {
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment{};
  std::vector<std::string> unset{};  // names its environment does not have
};

// As one can paste it into a shell.
[[nodiscard]] std::string shown(Command const& command);

// A running child in a process group of its own, which the kernel kills should the launcher die. Its stdout is the
// launcher's, its stdin too if that is a pipe or a file, else /dev/null; its stderr is a pipe, read here.
struct Child {
  pid_t pid = -1;
  int error_pipe = -1;  // does not block
};

// Throws: SystemError, also where the program cannot be executed.
[[nodiscard]] Child start(Command const& command);

// The exit code of a wait status: 128 + n for death by signal n.
[[nodiscard]] int code_of_status(int status);

// From now on children of children that die come to this process. Throws: SystemError.
void become_subreaper();

// The processes whose parent this one is.
[[nodiscard]] std::vector<pid_t> children();

// SIGKILL to all children but `spared`, and to those that come to this process when they are gone, until none is left;
// all are reaped. False if some were still there after `seconds` (stuck in the system).
[[nodiscard]] bool kill_children(double seconds, std::vector<pid_t> const& spared = {});

// The state letter of a process in /proc ('R', 'S', 'D', 'T' …), 0 where there is no such process.
[[nodiscard]] char state_of_process(pid_t pid);

struct Answer {
  int code = 0;  // 124 if it was killed because time was up
  std::string out, err;
};

// Runs a program that answers soon; it is killed when the time is up. Throws: SystemError.
[[nodiscard]] Answer ask(Command const& command, double seconds);

// Runs all at once: which of them ended with 0 within the time. Those that did not are killed, when others have
// answered already after four times what the slowest answer took, but not within a second.
[[nodiscard]] std::vector<bool> which_succeed(std::vector<Command> const& commands, double seconds);

// The full path of a program: with a slash as it is, else the first in PATH; none if it cannot be executed.
[[nodiscard]] std::optional<std::string> find_program(std::string const& name);

// The variables of the environment whose names begin so.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> variables(std::string const& prefix);

// A variable of the environment, empty if not set.
[[nodiscard]] std::string variable(char const* name);

}  // namespace pel::launch
