#include "launch/exit_codes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "pel/error.hpp"

namespace pel::launch {
namespace {

struct Row {
  int code;
  Retry retry;
  std::string_view meaning, next;
};

constexpr int code_of(ExitCode code) { return static_cast<int>(code); }

constexpr std::array rows{
    Row{code_of(ExitCode::done), Retry::never, "done", ""},
    Row{code_of(ExitCode::mismatch), Retry::never, "a verification found another answer", "do not use the result"},
    Row{code_of(ExitCode::usage), Retry::never, "wrong command line", "--help lists the options"},
    Row{code_of(ExitCode::bad_data), Retry::never, "bad input data, or no usable checkpoint", "correct the input"},
    Row{code_of(ExitCode::missing_input), Retry::never, "an input is missing", "check the path on every host"},
    Row{code_of(ExitCode::software), Retry::never, "the kernel threw, or a bug", "see the message; no retry helps"},
    Row{code_of(ExitCode::system), Retry::again, "MPI or the operating system failed, or a package is missing",
        "pel run has tried again already"},
    Row{code_of(ExitCode::write_failed), Retry::never, "an output or a checkpoint could not be written",
        "make room, then pel resume"},
    Row{code_of(ExitCode::stopped), Retry::never, "stopped on purpose, with a good checkpoint", "pel resume"},
    Row{code_of(ExitCode::config), Retry::never, "bad configuration, another job's checkpoint, or a directory in use",
        "correct the job file, or name another directory"},
};

// A daemon of mpirun was lost; srun could not start a step.
constexpr int mpirun_lost_host = 205;
constexpr int srun_no_step = 233;

bool is_signal(int code) { return code > 128 && code <= 128 + 64; }

}  // namespace

std::string signal_name(int number) {
  char const* const name = strsignal(number);  // NOLINT(concurrency-mt-unsafe): the launcher has one thread
  return name == nullptr ? "unknown" : name;
}

std::string meaning_of(int code) {
  auto const* const row = std::find_if(rows.begin(), rows.end(), [&](Row const& r) { return r.code == code; });
  if (row != rows.end()) return std::string(row->meaning);
  if (code == mpirun_lost_host) return "mpirun lost a host";
  if (code == srun_no_step) return "srun could not start a step";
  if (is_signal(code)) return fmt::format("killed by signal {} ({})", code - 128, signal_name(code - 128));
  return fmt::format("exit code {}, which is none of PEL's", code);
}

Retry retry_of(int code) {
  auto const* const row = std::find_if(rows.begin(), rows.end(), [&](Row const& r) { return r.code == code; });
  if (row != rows.end()) return row->retry;
  return code > 128 ? Retry::again : Retry::never;
}

int final_code(int code) { return code == mpirun_lost_host || code == srun_no_step ? code_of(ExitCode::system) : code; }

std::string exit_code_table() {
  std::string text = "code   meaning, and what to do\n";
  for (auto const& row : rows)
    text += fmt::format("{:<6} {}{}{}\n", row.code, row.meaning, row.next.empty() ? "" : ": ", row.next);
  text += fmt::format("{:<6} {}\n", "128+n",
                      "killed by signal n (137: SIGKILL, often out of memory; 139: segmentation fault): pel run has "
                      "tried again already");
  return text;
}

}  // namespace pel::launch
