// The ways a job can fail: one exception type a cause, its data as public fields, and the exit code that belongs to it.
// what() says what happened and where, then, each on a line of its own, the likely reason and what to do next.
// Includes nothing of PEL's and may be thrown by every layer. tie(…) gives all data of one, and what more is given; it
// is compiled where it is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <tuple>

namespace pel {

// Exit codes of a PEL program; 128 + n is death by signal n.
enum class ExitCode : int {
  done = 0,
  mismatch = 1,   // a verification found another answer
  usage = 64,     // wrong command line
  bad_data = 65,  // malformed input, or no usable checkpoint
  missing_input = 66,
  software = 70,      // the kernel threw, a misuse of PEL, or a bug of its own
  system = 71,        // MPI or the operating system
  write_failed = 74,  // output or checkpoint
  stopped = 75,       // on purpose, with a good checkpoint
  config = 78,        // configuration, another job's checkpoint, or a directory in use
};

// The command line is wrong. `nearest` is the valid name or value that comes closest, or empty.
class UsageError : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::usage;
  UsageError(std::string option_, std::string problem_, std::string nearest_ = {});
  std::string option, problem, nearest;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(option, problem, nearest, more...); }
};

// Input that cannot be read as what it should be. `line` and `column` count from 1; 0 where they mean nothing
// (binary input), then `offset` in bytes says where, -1 where it means nothing. `count`: how many such places there
// are; `others`: the next few of them, a line each.
class BadData : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::bad_data;
  BadData(std::string file_, std::int64_t line_, std::int64_t column_, std::int64_t offset_, std::string problem_,
          std::int64_t count_ = 1, std::string others_ = {});
  std::string file, problem, others;
  std::int64_t line, column, offset, count;
  [[nodiscard]] auto tie(auto const&... more) const {
    return std::tie(file, line, column, offset, problem, count, others, more...);
  }
};

// An input that is not there or cannot be opened. `others`: more of them, a line each.
class MissingInput : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::missing_input;
  MissingInput(std::string path_, std::string reason_, std::string others_ = {});
  std::string path, reason, others;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(path, reason, others, more...); }
};

// Nothing to resume from.
class NoCheckpoint : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::bad_data;
  NoCheckpoint(std::string directory_, std::string reason_);
  std::string directory, reason;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(directory, reason, more...); }
};

// A user's code threw an exception that is none of PEL's. `phase` is what the kernel was doing ("superstep",
// "construct", "save", "restore", "write", "load"); superstep and partition are -1 where there is none.
class KernelFailed : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::software;
  KernelFailed(std::string kernel_, std::string phase_, std::int64_t superstep_, std::int64_t partition_, int rank_,
               int ranks_, std::string host_, std::string cause_);
  std::string kernel, phase, host, cause;
  std::int64_t superstep, partition;
  int rank, ranks;
  [[nodiscard]] auto tie(auto const&... more) const {
    return std::tie(kernel, phase, superstep, partition, rank, ranks, host, cause, more...);
  }
};

// A bug of PEL's own: an invariant does not hold.
class InternalError : public std::logic_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::software;
  InternalError(std::string file_, std::int64_t line_, std::string broken_);
  std::string file, broken;
  std::int64_t line;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(file, line, broken, more...); }
};

// A program calls PEL in a way that is not allowed, whatever its input: two runs of a job with one name.
class Misuse : public std::logic_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::software;
  explicit Misuse(std::string problem_);
  std::string problem;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(problem, more...); }
};

// An MPI call that did not succeed.
class MpiError : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::system;
  MpiError(std::string call_, int code_, std::string text_, int rank_, std::string host_);
  std::string call, text, host;
  int code, rank;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(call, code, text, rank, host, more...); }
};

// A call to the operating system, or to a program of the machine, that did not succeed.
class SystemError : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::system;
  SystemError(std::string call_, int code_, std::string text_);
  std::string call, text;
  int code;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(call, code, text, more...); }
};

// An output or a checkpoint that could not be written. Bytes are -1 where they are not known.
class WriteFailed : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::write_failed;
  WriteFailed(std::string path_, int code_, std::string reason_, std::int64_t bytes_wanted_ = -1,
              std::int64_t bytes_free_ = -1);
  std::string path, reason;
  int code;
  std::int64_t bytes_wanted, bytes_free;
  [[nodiscard]] auto tie(auto const&... more) const {
    return std::tie(path, code, reason, bytes_wanted, bytes_free, more...);
  }
};

// A configuration that cannot work, such as a source vertex that does not exist.
class ConfigError : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::config;
  ConfigError(std::string key_, std::string problem_, std::string next_);
  std::string key, problem, next;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(key, problem, next, more...); }
};

// A dataset needs more memory at once than its budget has, and cannot be cut further. `bytes`: what the verb needs for
// the partition; `budget`: that of a rank.
class OutOfBudget : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::config;
  OutOfBudget(std::string verb_, std::int64_t partition_, std::int64_t bytes_, std::int64_t budget_, std::string what_);
  std::string verb, what_needs;
  std::int64_t partition, bytes, budget;
  [[nodiscard]] auto tie(auto const&... more) const {
    return std::tie(verb, partition, bytes, budget, what_needs, more...);
  }
};

// The checkpoint found was made by another job: `field` names the first part of its identity that differs.
class ForeignCheckpoint : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::config;
  ForeignCheckpoint(std::string path_, std::string field_, std::string ours_, std::string theirs_);
  std::string path, field, ours, theirs;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(path, field, ours, theirs, more...); }
};

// A checkpoint directory that another job owns. `pid` is 0, `host` and `since` are empty where its lease does not say.
class DirectoryInUse : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::config;
  DirectoryInUse(std::string path_, std::string host_, int pid_, std::string since_);
  std::string path, host, since;
  int pid;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(path, host, pid, since, more...); }
};

// A newer launch of the job owns the checkpoint directory: this process is a leftover and must write nothing more.
// `ours`, `newest`: numbers of leases.
class LostLease : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::system;
  LostLease(std::string path_, int ours_, int newest_);
  std::string path;
  int ours, newest;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(path, ours, newest, more...); }
};

}  // namespace pel
