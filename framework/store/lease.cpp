#include "store/lease.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include "base/machine.hpp"
#include "base/ticker.hpp"
#include "pel/error.hpp"
#include "store/creation_time.hpp"
#include "store/file.hpp"
#include "store/lease_file.hpp"

namespace fs = std::filesystem;

namespace pel::store {
namespace {

constexpr double tick_seconds = 1;
constexpr std::chrono::milliseconds look_again{100};
constexpr std::size_t leases_kept = 2;

DirectoryInUse in_use(fs::path const& directory, std::string const& text) {
  auto const record = parse_lease(text);
  if (!record) return {directory.string(), "", 0, ""};
  return {directory.string(), record->owner.host, record->owner.pid, record->since};
}

// Whether the file changes, or gets locked, while it is watched. `seen` becomes what was seen last.
bool moves(fs::path const& path, SeenLease& seen) {
  auto const first = seen.text;
  auto const end = base::monotonic_seconds() + Lease::watch_seconds;
  while (base::monotonic_seconds() < end) {
    std::this_thread::sleep_for(look_again);
    auto again = look_at_lease(path);
    if (!again) return false;
    seen = *std::move(again);
    if (seen.locked) return true;
    if (seen.text == first) continue;
    auto const record = parse_lease(seen.text);
    return !record || !record->released;
  }
  return false;
}

// Throws: DirectoryInUse if the owner of that lease lives, or may live.
void refuse_living(fs::path const& directory, int number) {
  auto const path = lease_path(directory, number);
  auto seen = look_at_lease(path);
  if (!seen) return;
  if (seen->locked) throw in_use(directory, seen->text);
  auto const record = parse_lease(seen->text);
  if (record && (record->released || base::certainly_gone(record->owner))) return;
  if (moves(path, *seen)) throw in_use(directory, seen->text);
}

// The file of a new lease, locked; none if another process has just made it. Throws: WriteFailed.
std::optional<Descriptor> create_locked(fs::path const& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file.open() && errno == EEXIST) return std::nullopt;
  if (!file.open()) throw write_failed(path, errno);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  // Fails only where the file system has no locks, as nobody else locks a new file: then the counter has to do.
  static_cast<void>(::fcntl(file.fd(), F_OFD_SETLK, &lock));
  return file;
}

int write_all(int fd, std::string const& text, std::size_t offset) {
  auto rest = std::span(text);
  while (!rest.empty()) {
    auto const n = ::pwrite(fd, rest.data(), rest.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n < 0 ? errno : EIO;
    offset += static_cast<std::size_t>(n);
    rest = rest.subspan(static_cast<std::size_t>(n));
  }
  return 0;
}

void remove_older(fs::path const& directory) {
  auto const numbers = lease_numbers(directory);
  for (std::size_t i = 0; i + leases_kept < numbers.size(); ++i)
    ::unlink(lease_path(directory, numbers[i]).c_str());  // one that cannot be deleted does no harm
}

}  // namespace

// A lease that is ours: its open file and the thread that raises its counter.
class Lease::Held {
 public:
  Held(fs::path path, Descriptor file, LeaseRecord const& record)
      : incarnation_(record.incarnation),
        path_(std::move(path)),
        file_(std::move(file)),
        tail_at_(to_text(record).size() - lease_tail(record.released, record.counter).size()) {
    if (int const code = write_all(file_.fd(), to_text(record), 0); code != 0) throw write_failed(path_, code);
    if (::fsync(file_.fd()) != 0) throw write_failed(path_, errno);
    sync_directory(parent_of(path_));
    ticker_.emplace(tick_seconds, [this] { write_tail(false); });
  }
  ~Held() {
    ticker_.reset();
    write_tail(true);
  }
  Held(Held const&) = delete;
  Held& operator=(Held const&) = delete;

  [[nodiscard]] int incarnation() const noexcept { return incarnation_; }
  [[nodiscard]] fs::path const& path() const noexcept { return path_; }
  [[nodiscard]] int error() const noexcept { return error_; }

 private:
  void write_tail(bool released) noexcept {
    ++counter_;
    int code = write_all(file_.fd(), lease_tail(released, counter_), tail_at_);
    // Sends it to where other hosts see it; no fsync, which would wait for the disk.
    if (code == 0 && ::sync_file_range(file_.fd(), 0, 0, SYNC_FILE_RANGE_WRITE) != 0 && errno != ENOSYS) code = errno;
    error_ = code;
  }

  int const incarnation_;
  fs::path const path_;
  Descriptor file_;
  std::size_t const tail_at_;
  std::uint64_t counter_ = 0;  // the ticker's, and ours when it is gone
  std::atomic<int> error_{0};
  std::optional<base::Ticker> ticker_;
};

Lease::Lease(std::unique_ptr<Held> held) : held_(std::move(held)) {}
Lease::~Lease() = default;
Lease::Lease(Lease&&) noexcept = default;
Lease& Lease::operator=(Lease&&) noexcept = default;

Lease Lease::claim(fs::path const& checkpoint_directory, std::string const& job, int after) {
  make_directories(lease_folder(checkpoint_directory));
  int const last = newest(checkpoint_directory);
  if (last > 0) refuse_living(checkpoint_directory, last);

  int const number = std::max(last, after) + 1;
  auto const path = lease_path(checkpoint_directory, number);
  auto file = create_locked(path);
  if (!file) {
    auto const theirs = look_at_lease(path);
    throw in_use(checkpoint_directory, theirs ? theirs->text : "");
  }
  // A slow claim may take a number that others have used and deleted since, and two that leave numbers out may take
  // different ones.
  for (int const other : lease_numbers(checkpoint_directory)) {
    if (other <= last || other == number) continue;
    ::unlink(path.c_str());
    auto const theirs = look_at_lease(lease_path(checkpoint_directory, other));
    throw in_use(checkpoint_directory, theirs ? theirs->text : "");
  }
  LeaseRecord const record{number, job, base::this_process(), creation_time(), false, 0};
  try {
    Lease lease(std::make_unique<Held>(path, *std::move(file), record));
    remove_older(checkpoint_directory);
    return lease;
  } catch (...) {
    ::unlink(path.c_str());  // nobody owns it
    throw;
  }
}

int Lease::newest(fs::path const& checkpoint_directory) {
  auto const numbers = lease_numbers(checkpoint_directory);
  return numbers.empty() ? 0 : numbers.back();
}

void Lease::require_newest(fs::path const& checkpoint_directory, int incarnation) {
  int const now = newest(checkpoint_directory);
  if (now > incarnation) throw LostLease(checkpoint_directory.string(), incarnation, now);
  if (now < incarnation)
    throw write_failed(lease_path(checkpoint_directory, incarnation), ENOENT, "the lease of this launch is gone");
}

int Lease::incarnation() const noexcept { return held_->incarnation(); }
fs::path const& Lease::path() const noexcept { return held_->path(); }
int Lease::counter_error() const noexcept { return held_->error(); }

}  // namespace pel::store
