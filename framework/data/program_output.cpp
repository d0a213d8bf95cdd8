#include "data/program_output.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "pel/error.hpp"

namespace pel::data {
namespace {

std::string reason(int code) { return std::system_category().message(code); }

// A file descriptor, closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor const&) = delete;
  Descriptor& operator=(Descriptor const&) = delete;
  [[nodiscard]] int number() const noexcept { return number_; }
  void close() noexcept {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

// What the child's standard streams are.
class FileActions {
 public:
  FileActions() { check(::posix_spawn_file_actions_init(&actions_)); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(FileActions const&) = delete;
  FileActions& operator=(FileActions const&) = delete;
  void empty_input() { check(::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0)); }
  void redirect(int from, Descriptor const& to) {
    check(::posix_spawn_file_actions_adddup2(&actions_, to.number(), from));
  }
  [[nodiscard]] posix_spawn_file_actions_t const* get() const noexcept { return &actions_; }

 private:
  static void check(int code) {
    if (code != 0) throw SystemError("posix_spawn_file_actions", code, reason(code));
  }
  posix_spawn_file_actions_t actions_{};
};

std::string read_all(Descriptor const& from, std::string const& call) {
  std::string text;
  std::array<char, std::size_t{64} << 10> piece;
  for (;;) {
    auto const n = ::read(from.number(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw SystemError(call, errno, "its output cannot be read: " + reason(errno));
    if (n == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
}

pid_t start(std::vector<std::string> const& command, FileActions const& actions, std::string const& call) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (auto const& word : command) arguments.push_back(const_cast<char*>(word.c_str()));  // not written to
  arguments.push_back(nullptr);
  pid_t child = 0;
  auto const code = ::posix_spawnp(&child, arguments[0], actions.get(), nullptr, arguments.data(), environ);
  if (code == ENOENT || code == ENOTDIR) throw NoSuchProgram(call, code, "cannot be started: " + reason(code));
  if (code != 0) throw SystemError(call, code, "cannot be started: " + reason(code));
  return child;
}

// Waits for the child to end, whatever happens in between.
class Child {
 public:
  Child() = default;
  ~Child() { wait(); }
  Child(Child const&) = delete;
  Child& operator=(Child const&) = delete;
  void is(pid_t id) noexcept { id_ = id; }
  // Its exit code; 128 + n if signal n ended it.
  int wait() noexcept {
    int status = 0;
    while (id_ > 0 && ::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t id_ = 0;
};

}  // namespace

std::string program_output(std::vector<std::string> const& command) {
  std::string call;
  for (auto const& word : command) call += (call.empty() ? "" : " ") + word;
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw SystemError("pipe2", errno, reason(errno));
  Child child;  // before the pipe: if reading fails, the pipe is closed first, and the child ends of itself
  Descriptor const output(ends[0]);
  Descriptor input(ends[1]);
  Descriptor const complaints(::memfd_create("stderr", MFD_CLOEXEC));
  FileActions actions;
  actions.empty_input();
  actions.redirect(STDOUT_FILENO, input);
  if (complaints.number() >= 0) actions.redirect(STDERR_FILENO, complaints);

  child.is(start(command, actions, call));
  input.close();
  auto text = read_all(output, call);
  auto const code = child.wait();
  if (code == 0) return text;
  std::string said;
  if (complaints.number() >= 0 && ::lseek(complaints.number(), 0, SEEK_SET) == 0) said = read_all(complaints, call);
  said.resize(std::min(said.size(), std::size_t{1000}));
  while (said.ends_with('\n')) said.pop_back();
  throw SystemError(call, code, "ended with exit code " + std::to_string(code) + (said.empty() ? "" : ": " + said));
}

}  // namespace pel::data
