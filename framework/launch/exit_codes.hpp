// What the exit codes of PEL's programs mean, in one place: `pel help exit-codes`, the launcher's decisions and texts.
// The layer launch starts a job's ranks, watches them, and starts them again when they die. It knows processes, files
// and time, and calls no MPI: it must outlive what MPI does not. May include base, store, telemetry.
#pragma once

#include <string>

namespace pel::launch {

// How the launcher takes a code that a launch ended with.
enum class Retry { never, again };

// The table as text, a line each.
[[nodiscard]] std::string exit_code_table();

// In a few words: "stopped on purpose, with a good checkpoint", "killed by signal 9 (Killed)".
[[nodiscard]] std::string meaning_of(int code);

// Whether a launch that ended with this code, proven by an outcome or by the launcher itself, is worth another one.
[[nodiscard]] Retry retry_of(int code);

// "Killed", "Segmentation fault".
[[nodiscard]] std::string signal_name(int number);

// The code that `pel` ends with for a launch's: the codes mpirun and srun have of their own become 71.
[[nodiscard]] int final_code(int code);

}  // namespace pel::launch
