#include "store/heartbeat.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/machine.hpp"
#include "store/file.hpp"
#include "store/file_system.hpp"

namespace pel::store {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

Heartbeat about_this_process(std::uint64_t incarnation) {
  Heartbeat record;
  record.incarnation = incarnation;
  record.pid = ::getpid();
  auto const host = base::host_name();
  std::copy_n(host.begin(), std::min(host.size(), record.host.size()), record.host.begin());
  return record;
}

}  // namespace

char const* name_of(Phase phase) noexcept {
  switch (phase) {
    case Phase::start:
      return "start";
    case Phase::load:
      return "load";
    case Phase::compute:
      return "compute";
    case Phase::exchange:
      return "exchange";
    case Phase::checkpoint:
      return "checkpoint";
    case Phase::restore:
      return "restore";
    case Phase::write:
      return "write";
    case Phase::end:
      return "end";
  }
  return "unknown";
}

std::string host_of(Heartbeat const& record) {
  std::string_view const padded(record.host.data(), record.host.size());
  return std::string(padded.substr(0, padded.find('\0')));
}

std::string place_of(Heartbeat const& record, std::string const& doing) {
  auto text = record.superstep < 0 ? std::string("before the first superstep")
                                   : "superstep " + std::to_string(record.superstep);
  if (!doing.empty()) text += ", " + doing;
  text += std::string(", ") + name_of(record.phase);
  if (record.of > 0) text += fmt::format(", {} of {} partitions", record.done, record.of);
  return text;
}

std::string describe(Heartbeat const& record, std::string const& doing) {
  return place_of(record, doing) + fmt::format(" (process {} on {})", record.pid, host_of(record));
}

// The record of one rank in the file.
class HeartbeatWriter::File {
 public:
  File(std::filesystem::path const& path, int rank, int ranks) : at_(static_cast<off_t>(sizeof(Heartbeat)) * rank) {
    make_directories(parent_of(path));
    file_ = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!file_.open()) throw write_failed(path, errno);
    remote_ = on_network_file_system(parent_of(path));
    // Every rank asks for the same size, so it does not matter who is first; nobody's record is lost.
    if (::ftruncate(file_.fd(), static_cast<off_t>(sizeof(Heartbeat)) * ranks) != 0) throw write_failed(path, errno);
  }

  // 0 or errno.
  [[nodiscard]] int write(Heartbeat const& record) const noexcept {
    auto n = ::pwrite(file_.fd(), &record, sizeof record, at_);
    while (n < 0 && errno == EINTR) n = ::pwrite(file_.fd(), &record, sizeof record, at_);
    if (n != static_cast<ssize_t>(sizeof record)) return n < 0 ? errno : EIO;
    // Sends it to where other hosts see it; no fsync, which would wait for the disk. Who reads it here sees it anyway,
    // and a disk that is busy with a checkpoint would hold up the sign of life.
    if (!remote_) return 0;
    bool const sent = ::sync_file_range(file_.fd(), at_, sizeof record, SYNC_FILE_RANGE_WRITE) == 0;
    return sent || errno == ENOSYS ? 0 : errno;
  }

 private:
  off_t at_;
  Descriptor file_;
  bool remote_ = false;
};

HeartbeatWriter::HeartbeatWriter(Options options)
    : options_(std::move(options)), about_(about_this_process(options_.incarnation)) {
  if (!options_.path.empty()) file_ = std::make_unique<File>(options_.path, options_.rank, options_.ranks);
  alive_.store(1, relaxed);
  write();
  ticker_ = std::make_unique<base::Ticker>(
      options_.tick_seconds, [this] { tick(); }, options_.wake_descriptor);
}

HeartbeatWriter::~HeartbeatWriter() {
  ticker_.reset();
  set_phase(Phase::end);
  write();
}

void HeartbeatWriter::begin_superstep(std::int64_t superstep, std::uint32_t of) noexcept {
  superstep_.store(superstep, relaxed);
  done_.store(0, relaxed);
  of_.store(of, relaxed);
  set_phase(Phase::compute);
}

void HeartbeatWriter::partition_done() noexcept {
  done_.fetch_add(1, relaxed);
  advance();
}

void HeartbeatWriter::set_phase(Phase phase) noexcept {
  phase_.store(phase, relaxed);
  advance();
}

void HeartbeatWriter::wake() const noexcept { ticker_->wake(); }

Heartbeat HeartbeatWriter::record() const noexcept {
  auto record = about_;
  record.alive = alive_.load(relaxed);
  record.progress = progress_.load(relaxed);
  record.superstep = superstep_.load(relaxed);
  record.phase = phase_.load(relaxed);
  record.done = done_.load(relaxed);
  record.of = of_.load(relaxed);
  return record;
}

void HeartbeatWriter::tick() noexcept {
  alive_.fetch_add(1, relaxed);
  write();
  if (options_.each_tick) options_.each_tick(record());
}

void HeartbeatWriter::write() noexcept {
  if (file_) error_.store(file_->write(record()), relaxed);
}

}  // namespace pel::store
