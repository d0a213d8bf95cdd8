#include "pel/error.hpp"

#include <utility>

namespace pel {
namespace {

// "what", then a line "also" for each of `others` (that end with newlines, but for the last), and the lines "likely"
// and "next" where they are not empty.
[[nodiscard]] std::string block(std::string what, std::string const& likely, std::string const& next,
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

[[nodiscard]] std::string place(std::string const& file, std::int64_t line, std::int64_t column, std::int64_t offset) {
  if (line > 0) return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": ";
  if (offset >= 0) return file + ": at byte " + std::to_string(offset) + ": ";
  return file + ": ";
}

[[nodiscard]] std::string place(std::int64_t superstep, std::int64_t partition, int rank, int ranks,
                                std::string const& host) {
  std::string text;
  if (superstep >= 0) text += "superstep " + std::to_string(superstep) + ", ";
  if (partition >= 0) text += "partition " + std::to_string(partition) + " ";
  return text + "(rank " + std::to_string(rank) + " of " + std::to_string(ranks) + ", host " + host + "): ";
}

[[nodiscard]] std::string owner(std::string const& host, int pid, std::string const& since) {
  if (host.empty()) return "another job";
  return "process " + std::to_string(pid) + " on host " + host + (since.empty() ? "" : " since " + since);
}

}  // namespace

UsageError::UsageError(std::string option_, std::string problem_, std::string nearest_)
    : std::runtime_error(
          block(option_ + ": " + problem_ + (nearest_.empty() ? "" : " (did you mean " + nearest_ + "?)"), "",
                "--help lists every option with its default")),
      option(std::move(option_)),
      problem(std::move(problem_)),
      nearest(std::move(nearest_)) {}

BadData::BadData(std::string file_, std::int64_t line_, std::int64_t column_, std::int64_t offset_,
                 std::string problem_, std::int64_t count_, std::string others_)
    : std::runtime_error(block(place(file_, line_, column_, offset_) + problem_ +
                                   (count_ > 1 ? " (and " + std::to_string(count_ - 1) + " more bad places)" : ""),
                               "", "correct the input; nothing was computed from it", others_)),
      file(std::move(file_)),
      problem(std::move(problem_)),
      others(std::move(others_)),
      line(line_),
      column(column_),
      offset(offset_),
      count(count_) {}

MissingInput::MissingInput(std::string path_, std::string reason_, std::string others_)
    : std::runtime_error(block(path_ + ": cannot be read: " + reason_, "",
                               others_.empty() ? "check the path; on several hosts every host must see it"
                                               : "check the paths; on several hosts every host must see them",
                               others_)),
      path(std::move(path_)),
      reason(std::move(reason_)),
      others(std::move(others_)) {}

NoCheckpoint::NoCheckpoint(std::string directory_, std::string reason_)
    : std::runtime_error(block(directory_ + ": no usable checkpoint: " + reason_, "",
                               "--resume=auto starts afresh where there is none")),
      directory(std::move(directory_)),
      reason(std::move(reason_)) {}

KernelFailed::KernelFailed(std::string kernel_, std::string phase_, std::int64_t superstep_, std::int64_t partition_,
                           int rank_, int ranks_, std::string host_, std::string cause_)
    : std::runtime_error(
          block(place(superstep_, partition_, rank_, ranks_, host_) +
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

InternalError::InternalError(std::string file_, std::int64_t line_, std::string broken_)
    : std::logic_error(block("internal error at " + file_ + ":" + std::to_string(line_) + ": " + broken_,
                             "a bug in PEL, not in your program", "report it with the command line and this message")),
      file(std::move(file_)),
      broken(std::move(broken_)),
      line(line_) {}

Misuse::Misuse(std::string problem_)
    : std::logic_error(block(problem_, "", "correct the program that calls it")), problem(std::move(problem_)) {}

MpiError::MpiError(std::string call_, int code_, std::string text_, int rank_, std::string host_)
    : std::runtime_error(block(call_ + " failed on rank " + std::to_string(rank_) + " (host " + host_ + ") with " +
                                   std::to_string(code_) + ": " + text_,
                               "another rank or its host died, or the network did", "start again with --resume")),
      call(std::move(call_)),
      text(std::move(text_)),
      host(std::move(host_)),
      code(code_),
      rank(rank_) {}

SystemError::SystemError(std::string call_, int code_, std::string text_)
    : std::runtime_error(block(call_ + ": " + text_, "", "see the reason above, then start again")),
      call(std::move(call_)),
      text(std::move(text_)),
      code(code_) {}

WriteFailed::WriteFailed(std::string path_, int code_, std::string reason_, std::int64_t bytes_wanted_,
                         std::int64_t bytes_free_)
    : std::runtime_error(block(path_ + ": cannot be written: " + reason_ +
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

ConfigError::ConfigError(std::string key_, std::string problem_, std::string next_)
    : std::runtime_error(block(key_ + ": " + problem_, "", next_)),
      key(std::move(key_)),
      problem(std::move(problem_)),
      next(std::move(next_)) {}

OutOfBudget::OutOfBudget(std::string verb_, std::int64_t partition_, std::int64_t bytes_, std::int64_t budget_,
                         std::string what_)
    : std::runtime_error(block(verb_ + ", partition " + std::to_string(partition_) + ": " + what_ + " needs " +
                                   std::to_string(bytes_) +
                                   " bytes of memory at once, which is too much for the budget of " +
                                   std::to_string(budget_) + " bytes a rank",
                               "a partition, a key or a state with a large part of all data",
                               "start with more --partitions, a larger --memory, or fewer ranks or threads on a host")),
      verb(std::move(verb_)),
      what_needs(std::move(what_)),
      partition(partition_),
      bytes(bytes_),
      budget(budget_) {}

ForeignCheckpoint::ForeignCheckpoint(std::string path_, std::string field_, std::string ours_, std::string theirs_)
    : std::runtime_error(block(
          path_ + ": the checkpoint is another job's: " + field_ + " is " + theirs_ + " there and " + ours_ + " here",
          "other parameters, another input or a changed kernel than when it was written",
          "start with what it was made from, name another --checkpoint-dir, or start afresh with "
          "--checkpoint-overwrite")),
      path(std::move(path_)),
      field(std::move(field_)),
      ours(std::move(ours_)),
      theirs(std::move(theirs_)) {}

DirectoryInUse::DirectoryInUse(std::string path_, std::string host_, int pid_, std::string since_)
    : std::runtime_error(block(path_ + ": in use by " + owner(host_, pid_, since_),
                               "the same job was started twice, or a launch of it still runs",
                               "wait for that one to end, stop it, or name another --checkpoint-dir")),
      path(std::move(path_)),
      host(std::move(host_)),
      since(std::move(since_)),
      pid(pid_) {}

LostLease::LostLease(std::string path_, int ours_, int newest_)
    : std::runtime_error(block(path_ + ": launch " + std::to_string(newest_) +
                                   " owns this directory now, this process belongs to launch " + std::to_string(ours_),
                               "this launch was given up for dead: stopped, or cut off from the network",
                               "nothing: the newer launch goes on, this one wrote no checkpoint")),
      path(std::move(path_)),
      ours(ours_),
      newest(newest_) {}

}  // namespace pel
