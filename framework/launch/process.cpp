#include "launch/process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include "base/machine.hpp"
#include "pel/error.hpp"

extern char** environ;

namespace pel::launch {
namespace {

[[noreturn]] void fail(std::string const& call) {
  throw SystemError(call, errno, std::generic_category().message(errno));
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
  return ends;
}

void do_not_block(int descriptor) {
  if (fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
}

std::vector<std::string> environment_of(Command const& command) {
  std::vector<std::string> whole;
  auto const replaced = [&](std::string_view entry) {
    auto const is = [&](std::string const& name) { return entry.starts_with(name + "="); };
    return std::any_of(command.environment.begin(), command.environment.end(),
                       [&](auto const& added) { return is(added.first); }) ||
           std::any_of(command.unset.begin(), command.unset.end(), is);
  };
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
    if (!replaced(*entry)) whole.emplace_back(*entry);
  for (auto const& [name, value] : command.environment) whole.push_back(name + "=" + value);
  return whole;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// What a child is to have as descriptors 0, 1 and 2; -1: the launcher's own.
struct Streams {
  int in = -1, out = -1, err = -1;
};

bool place(int from, int to) { return from < 0 || dup2(from, to) == to; }

// In the child, after fork: only calls that are safe there. Tells errno through `failure` and ends.
[[noreturn]] void become(char const* program, char* const* arguments, char* const* environment, Streams const& streams,
                         pid_t parent, int failure) {
  sigset_t none;
  sigemptyset(&none);
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGPIPE}) std::signal(number, SIG_DFL);
  bool const ready = setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
                     place(streams.in, 0) && place(streams.out, 1) && place(streams.err, 2) &&
                     sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
  if (ready) execve(program, arguments, environment);
  int const error = errno;
  (void)!write(failure, &error, sizeof error);
  _exit(127);
}

pid_t spawn(Command const& command, Streams const& streams) {
  auto const program = find_program(command.arguments.at(0));
  if (!program) throw SystemError(command.arguments[0], ENOENT, "no such program, or it cannot be executed");
  auto arguments = command.arguments;
  auto environment = environment_of(command);
  auto const argument_list = pointers(arguments);
  auto const environment_list = pointers(environment);
  auto const failure = make_pipe();
  auto const parent = getpid();
  auto const pid = fork();
  if (pid == 0) become(program->c_str(), argument_list.data(), environment_list.data(), streams, parent, failure[1]);
  int const fork_error = errno;
  close(failure[1]);
  int error = 0;
  auto const got = pid < 0 ? 0 : read(failure[0], &error, sizeof error);
  close(failure[0]);
  if (pid < 0) {
    errno = fork_error;
    fail("fork");
  }
  if (got > 0) {
    (void)waitpid(pid, nullptr, 0);
    throw SystemError(command.arguments[0], error, std::generic_category().message(error));
  }
  return pid;
}

int open_null(int flags) {
  int const descriptor = open("/dev/null", flags | O_CLOEXEC);
  if (descriptor < 0) fail("/dev/null");
  return descriptor;
}

bool stdin_is_fed() {
  struct stat about {};
  return fstat(0, &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISREG(about.st_mode));
}

// Appends what is there. False at the end of the stream.
bool drain(int descriptor, std::string& text) {
  std::array<char, 65536> buffer{};
  while (true) {
    auto const got = read(descriptor, buffer.data(), buffer.size());
    if (got > 0)
      text.append(buffer.data(), static_cast<std::size_t>(got));
    else
      return got < 0 && (errno == EAGAIN || errno == EINTR);
  }
}

// Waits for the child until `deadline`; then kills its group.
int wait_until(pid_t pid, double deadline, int& status) {
  while (true) {
    auto const got = waitpid(pid, &status, WNOHANG);
    if (got == pid || (got < 0 && errno != EINTR)) return got;
    if (base::monotonic_seconds() > deadline) {
      kill(-pid, SIGKILL);
      kill(pid, SIGKILL);
      return waitpid(pid, &status, 0) == pid ? 0 : -1;
    }
    poll(nullptr, 0, 5);
  }
}

// Whether a child has ended and is reaped; `now`: it is killed, and has.
bool has_ended(pid_t pid, bool now, int& status) {
  auto got = waitpid(pid, &status, WNOHANG);
  if (got == 0 && now) {
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    got = waitpid(pid, &status, 0);
  }
  if (got < 0 && errno != EINTR) status = SIGKILL;  // nobody's child: no answer
  return got == pid || (got < 0 && errno != EINTR);
}

// Nobody is waited for longer than this, when others have answered: so many times the slowest answer, and seconds.
constexpr double patience_factor = 4, patience_seconds = 1;

}  // namespace

std::string variable(char const* name) {
  char const* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): the launcher has one thread
  return text == nullptr ? std::string() : std::string(text);
}

std::vector<std::pair<std::string, std::string>> variables(std::string const& prefix) {
  std::vector<std::pair<std::string, std::string>> found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    std::string const text(*entry);
    auto const equals = text.find('=');
    if (text.starts_with(prefix) && equals != std::string::npos)
      found.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

std::optional<std::string> find_program(std::string const& name) {
  auto const usable = [](std::string const& path) {
    struct stat about {};
    return stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) && access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos) return usable(name) ? std::optional(name) : std::nullopt;
  std::string const path = variable("PATH");
  for (std::size_t begin = 0; begin <= path.size();) {
    auto const end = std::min(path.find(':', begin), path.size());
    auto const candidate = path.substr(begin, end - begin) + "/" + name;
    if (end > begin && usable(candidate)) return candidate;
    begin = end + 1;
  }
  return std::nullopt;
}

std::string shown(Command const& command) {
  std::string line;
  for (auto const& word : command.arguments) {
    bool const plain = !word.empty() && word.find_first_not_of(
                                            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                            "0123456789_./:=,@%+-") == std::string::npos;
    if (!line.empty()) line += ' ';
    if (plain) {
      line += word;
      continue;
    }
    line += '\'';
    for (char const c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

Child start(Command const& command) {
  auto const errors = make_pipe();
  int const null = stdin_is_fed() ? -1 : open_null(O_RDONLY);
  Child child;
  try {
    child.pid = spawn(command, {.in = null, .err = errors[1]});
  } catch (...) {
    for (int const descriptor : {errors[0], errors[1], null})
      if (descriptor >= 0) close(descriptor);
    throw;
  }
  close(errors[1]);
  if (null >= 0) close(null);
  child.error_pipe = errors[0];
  do_not_block(child.error_pipe);
  return child;
}

int code_of_status(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

void become_subreaper() {
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) fail("prctl(PR_SET_CHILD_SUBREAPER)");
}

namespace {

// State letter and parent of a process; its name in brackets may hold anything.
bool read_stat(std::string const& pid, char& state, long& parent) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string const text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto const end = text.rfind(") ");
  if (end == std::string::npos || end + 4 >= text.size()) return false;
  state = text[end + 2];
  auto const* const first = text.data() + end + 4;
  return std::from_chars(first, text.data() + text.size(), parent).ec == std::errc();
}

}  // namespace

char state_of_process(pid_t pid) {
  char state = 0;
  long parent = 0;
  return read_stat(std::to_string(pid), state, parent) ? state : '\0';
}

std::vector<pid_t> children() {
  std::vector<pid_t> found;
  DIR* const directory = opendir("/proc");
  if (directory == nullptr) fail("/proc");
  while (dirent const* const entry = readdir(directory)) {  // NOLINT(concurrency-mt-unsafe): one thread
    std::string const name(entry->d_name);
    char state = 0;
    long parent = 0;
    if (name.find_first_not_of("0123456789") != std::string::npos || !read_stat(name, state, parent)) continue;
    if (parent == getpid()) found.push_back(static_cast<pid_t>(std::stol(name)));
  }
  closedir(directory);
  return found;
}

bool kill_children(double seconds, std::vector<pid_t> const& spared) {
  auto const deadline = base::monotonic_seconds() + seconds;
  while (true) {
    auto left = children();
    std::erase_if(left, [&](pid_t pid) { return std::find(spared.begin(), spared.end(), pid) != spared.end(); });
    if (left.empty()) return true;
    for (auto const pid : left) kill(pid, SIGKILL);
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    if (base::monotonic_seconds() > deadline) return false;
    poll(nullptr, 0, 2);
  }
}

Answer ask(Command const& command, double seconds) {
  auto const deadline = base::monotonic_seconds() + seconds;
  auto const out = make_pipe();
  auto const err = make_pipe();
  int const null = open_null(O_RDONLY);
  pid_t pid = -1;
  try {
    pid = spawn(command, {.in = null, .out = out[1], .err = err[1]});
  } catch (...) {
    for (int const descriptor : {out[0], out[1], err[0], err[1], null}) close(descriptor);
    throw;
  }
  for (int const descriptor : {out[1], err[1], null}) close(descriptor);
  do_not_block(out[0]);
  do_not_block(err[0]);
  Answer answer;
  bool reads_out = true, reads_err = true;
  while ((reads_out || reads_err) && base::monotonic_seconds() < deadline) {
    std::array<pollfd, 2> ready{{{reads_out ? out[0] : -1, POLLIN, 0}, {reads_err ? err[0] : -1, POLLIN, 0}}};
    (void)poll(ready.data(), ready.size(), 50);
    if (reads_out) reads_out = drain(out[0], answer.out);
    if (reads_err) reads_err = drain(err[0], answer.err);
  }
  int status = 0;
  auto const ended = wait_until(pid, deadline, status);
  close(out[0]);
  close(err[0]);
  answer.code = ended == pid ? code_of_status(status) : 124;
  return answer;
}

std::vector<bool> which_succeed(std::vector<Command> const& commands, double seconds) {
  auto const began = base::monotonic_seconds(), deadline = began + seconds;
  int const null = open_null(O_RDWR);
  std::vector<pid_t> started;
  for (auto const& command : commands) {
    try {
      started.push_back(spawn(command, {.in = null, .out = null, .err = null}));
    } catch (SystemError const&) {
      started.push_back(-1);
    }
  }
  close(null);
  std::vector<bool> good(started.size(), false);
  auto until = deadline;
  for (auto left = started.size(); left > 0;) {
    left = 0;
    for (std::size_t i = 0; i < started.size(); ++i) {
      int status = 0;
      if (started[i] <= 0) continue;
      if (!has_ended(started[i], base::monotonic_seconds() > until, status)) {
        ++left;
        continue;
      }
      good[i] = code_of_status(status) == 0;
      started[i] = -1;
      auto const took = base::monotonic_seconds() - began;
      if (good[i]) until = std::min(deadline, began + std::max(patience_seconds, patience_factor * took));
    }
    if (left > 0) poll(nullptr, 0, 5);
  }
  return good;
}

}  // namespace pel::launch
