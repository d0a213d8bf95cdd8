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
#include <utility>

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

namespace error_text {
// "what", then a line "also" for each of `others` (that end with newlines, but for the last), and the lines "likely"
// and "next" where they are not empty.
[[nodiscard]] inline std::string block(std::string what, std::string const& likely, std::string const& next,
                                       std::string const& others = {}) {
  for (std::size_t at = 0; at < others.size();) {
    auto const end = others.find('\n', at);
    what += "\n  also      " + others.substr(at, end - at);
    at = end == std::string::npos ? others.size() : end + 1;
  }
  if (!likely.empty()) what += "\n  likely    " + likely;
  if (!next.empty()) what += "\n  next      " + next;
  return what;
}
}  // namespace error_text

// The command line is wrong. `nearest` is the valid name or value that comes closest, or empty.
class UsageError : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::usage;
  UsageError(std::string option_, std::string problem_, std::string nearest_ = {})
      : std::runtime_error(
            error_text::block(option_ + ": " + problem_ + (nearest_.empty() ? "" : " (did you mean " + nearest_ + "?)"),
                              "", "--help lists every option with its default")),
        option(std::move(option_)),
        problem(std::move(problem_)),
        nearest(std::move(nearest_)) {}
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
          std::int64_t count_ = 1, std::string others_ = {})
      : std::runtime_error(
            error_text::block(place(file_, line_, column_, offset_) + problem_ +
                                  (count_ > 1 ? " (and " + std::to_string(count_ - 1) + " more bad places)" : ""),
                              "", "correct the input; nothing was computed from it", others_)),
        file(std::move(file_)),
        problem(std::move(problem_)),
        others(std::move(others_)),
        line(line_),
        column(column_),
        offset(offset_),
        count(count_) {}
  std::string file, problem, others;
  std::int64_t line, column, offset, count;
  [[nodiscard]] auto tie(auto const&... more) const {
    return std::tie(file, line, column, offset, problem, count, others, more...);
  }

 private:
  static std::string place(std::string const& file, std::int64_t line, std::int64_t column, std::int64_t offset) {
    if (line > 0) return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": ";
    if (offset >= 0) return file + ": at byte " + std::to_string(offset) + ": ";
    return file + ": ";
  }
};

// An input that is not there or cannot be opened. `others`: more of them, a line each.
class MissingInput : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::missing_input;
  MissingInput(std::string path_, std::string reason_, std::string others_ = {})
      : std::runtime_error(error_text::block(path_ + ": cannot be read: " + reason_, "",
                                             others_.empty()
                                                 ? "check the path; on several hosts every host must see it"
                                                 : "check the paths; on several hosts every host must see them",
                                             others_)),
        path(std::move(path_)),
        reason(std::move(reason_)),
        others(std::move(others_)) {}
  std::string path, reason, others;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(path, reason, others, more...); }
};

// Nothing to resume from.
class NoCheckpoint : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::bad_data;
  NoCheckpoint(std::string directory_, std::string reason_)
      : std::runtime_error(error_text::block(directory_ + ": no usable checkpoint: " + reason_, "",
                                             "--resume=auto starts afresh where there is none")),
        directory(std::move(directory_)),
        reason(std::move(reason_)) {}
  std::string directory, reason;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(directory, reason, more...); }
};

// A user's code threw an exception that is none of PEL's. `phase` is what the kernel was doing ("superstep",
// "construct", "save", "restore", "write", "load"); superstep and partition are -1 where there is none.
class KernelFailed : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::software;
  KernelFailed(std::string kernel_, std::string phase_, std::int64_t superstep_, std::int64_t partition_, int rank_,
               int ranks_, std::string host_, std::string cause_)
      : std::runtime_error(error_text::block(
            place(superstep_, partition_, rank_, ranks_, host_) +
                (kernel_.empty() ? "the step \"" + phase_ + "\" failed: "
                                 : kernel_ + " threw" + (phase_ == "superstep" ? "" : " in " + phase_) + ": ") +
                cause_,
            kernel_.empty() ? "" : "an error in the kernel, or input it does not expect",
            kernel_.empty() ? "see the reason above, then start again"
                            : "run that partition under a debugger: any rank count gives the same failure")),
        kernel(std::move(kernel_)),
        phase(std::move(phase_)),
        host(std::move(host_)),
        cause(std::move(cause_)),
        superstep(superstep_),
        partition(partition_),
        rank(rank_),
        ranks(ranks_) {}
  std::string kernel, phase, host, cause;
  std::int64_t superstep, partition;
  int rank, ranks;
  [[nodiscard]] auto tie(auto const&... more) const {
    return std::tie(kernel, phase, superstep, partition, rank, ranks, host, cause, more...);
  }

 private:
  static std::string place(std::int64_t superstep, std::int64_t partition, int rank, int ranks,
                           std::string const& host) {
    std::string text;
    if (superstep >= 0) text += "superstep " + std::to_string(superstep) + ", ";
    if (partition >= 0) text += "partition " + std::to_string(partition) + " ";
    return text + "(rank " + std::to_string(rank) + " of " + std::to_string(ranks) + ", host " + host + "): ";
  }
};

// A bug of PEL's own: an invariant does not hold.
class InternalError : public std::logic_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::software;
  InternalError(std::string file_, std::int64_t line_, std::string broken_)
      : std::logic_error(error_text::block("internal error at " + file_ + ":" + std::to_string(line_) + ": " + broken_,
                                           "a bug in PEL, not in your program",
                                           "report it with the command line and this message")),
        file(std::move(file_)),
        broken(std::move(broken_)),
        line(line_) {}
  std::string file, broken;
  std::int64_t line;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(file, line, broken, more...); }
};

// A program calls PEL in a way that is not allowed, whatever its input: two runs of a job with one name.
class Misuse : public std::logic_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::software;
  explicit Misuse(std::string problem_)
      : std::logic_error(error_text::block(problem_, "", "correct the program that calls it")),
        problem(std::move(problem_)) {}
  std::string problem;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(problem, more...); }
};

// An MPI call that did not succeed.
class MpiError : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::system;
  MpiError(std::string call_, int code_, std::string text_, int rank_, std::string host_)
      : std::runtime_error(error_text::block(call_ + " failed on rank " + std::to_string(rank_) + " (host " + host_ +
                                                 ") with " + std::to_string(code_) + ": " + text_,
                                             "another rank or its host died, or the network did",
                                             "start again with --resume")),
        call(std::move(call_)),
        text(std::move(text_)),
        host(std::move(host_)),
        code(code_),
        rank(rank_) {}
  std::string call, text, host;
  int code, rank;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(call, code, text, rank, host, more...); }
};

// A call to the operating system, or to a program of the machine, that did not succeed.
class SystemError : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::system;
  SystemError(std::string call_, int code_, std::string text_)
      : std::runtime_error(error_text::block(call_ + ": " + text_, "", "see the reason above, then start again")),
        call(std::move(call_)),
        text(std::move(text_)),
        code(code_) {}
  std::string call, text;
  int code;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(call, code, text, more...); }
};

// An output or a checkpoint that could not be written. Bytes are -1 where they are not known.
class WriteFailed : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::write_failed;
  WriteFailed(std::string path_, int code_, std::string reason_, std::int64_t bytes_wanted_ = -1,
              std::int64_t bytes_free_ = -1)
      : std::runtime_error(
            error_text::block(path_ + ": cannot be written: " + reason_ +
                                  (bytes_wanted_ < 0 ? "" : " (" + std::to_string(bytes_wanted_) + " bytes wanted") +
                                  (bytes_wanted_ < 0 ? ""
                                   : bytes_free_ < 0 ? ")"
                                                     : ", " + std::to_string(bytes_free_) + " free)"),
                              "the disk is full, the directory is missing or not yours",
                              "make room or name another place, then start again")),
        path(std::move(path_)),
        reason(std::move(reason_)),
        code(code_),
        bytes_wanted(bytes_wanted_),
        bytes_free(bytes_free_) {}
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
  ConfigError(std::string key_, std::string problem_, std::string next_)
      : std::runtime_error(error_text::block(key_ + ": " + problem_, "", next_)),
        key(std::move(key_)),
        problem(std::move(problem_)),
        next(std::move(next_)) {}
  std::string key, problem, next;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(key, problem, next, more...); }
};

// A dataset needs more memory at once than its budget has, and cannot be cut further. `bytes`: what the verb needs for
// the partition; `budget`: that of a rank.
class OutOfBudget : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::config;
  OutOfBudget(std::string verb_, std::int64_t partition_, std::int64_t bytes_, std::int64_t budget_, std::string what_)
      : std::runtime_error(error_text::block(
            verb_ + ", partition " + std::to_string(partition_) + ": " + what_ + " needs " + std::to_string(bytes_) +
                " bytes of memory at once, which is too much for the budget of " + std::to_string(budget_) +
                " bytes a rank",
            "a partition, a key or a state with a large part of all data",
            "start with more --partitions, a larger --memory, or fewer ranks or threads on a host")),
        verb(std::move(verb_)),
        what_needs(std::move(what_)),
        partition(partition_),
        bytes(bytes_),
        budget(budget_) {}
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
  ForeignCheckpoint(std::string path_, std::string field_, std::string ours_, std::string theirs_)
      : std::runtime_error(error_text::block(
            path_ + ": the checkpoint is another job's: " + field_ + " is " + theirs_ + " there and " + ours_ + " here",
            "other parameters, another input or a changed kernel than when it was written",
            "start with what it was made from, name another --checkpoint-dir, or start afresh with "
            "--checkpoint-overwrite")),
        path(std::move(path_)),
        field(std::move(field_)),
        ours(std::move(ours_)),
        theirs(std::move(theirs_)) {}
  std::string path, field, ours, theirs;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(path, field, ours, theirs, more...); }
};

// A checkpoint directory that another job owns. `pid` is 0, `host` and `since` are empty where its lease does not say.
class DirectoryInUse : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::config;
  DirectoryInUse(std::string path_, std::string host_, int pid_, std::string since_)
      : std::runtime_error(error_text::block(path_ + ": in use by " + owner(host_, pid_, since_),
                                             "the same job was started twice, or a launch of it still runs",
                                             "wait for that one to end, stop it, or name another --checkpoint-dir")),
        path(std::move(path_)),
        host(std::move(host_)),
        since(std::move(since_)),
        pid(pid_) {}
  std::string path, host, since;
  int pid;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(path, host, pid, since, more...); }

 private:
  static std::string owner(std::string const& host, int pid, std::string const& since) {
    if (host.empty()) return "another job";
    return "process " + std::to_string(pid) + " on host " + host + (since.empty() ? "" : " since " + since);
  }
};

// A newer launch of the job owns the checkpoint directory: this process is a leftover and must write nothing more.
// `ours`, `newest`: numbers of leases.
class LostLease : public std::runtime_error {
 public:
  static constexpr ExitCode exit_code = ExitCode::system;
  LostLease(std::string path_, int ours_, int newest_)
      : std::runtime_error(error_text::block(path_ + ": launch " + std::to_string(newest_) +
                                                 " owns this directory now, this process belongs to launch " +
                                                 std::to_string(ours_),
                                             "this launch was given up for dead: stopped, or cut off from the network",
                                             "nothing: the newer launch goes on, this one wrote no checkpoint")),
        path(std::move(path_)),
        ours(ours_),
        newest(newest_) {}
  std::string path;
  int ours, newest;
  [[nodiscard]] auto tie(auto const&... more) const { return std::tie(path, ours, newest, more...); }
};

}  // namespace pel
