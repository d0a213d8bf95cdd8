#include "store/heartbeat_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <span>
#include <utility>

#include "store/file.hpp"

namespace pel::store {
namespace {

bool started_in(Heartbeat const& record) { return record.alive != 0; }

}  // namespace

HeartbeatReader::HeartbeatReader(std::filesystem::path path, int ranks, std::uint64_t incarnation)
    : path_(std::move(path)),
      incarnation_(incarnation),
      records_(static_cast<std::size_t>(ranks)),
      alive_at_(static_cast<std::size_t>(ranks), 0) {}

std::vector<Heartbeat> HeartbeatReader::read(bool& readable) const {
  std::vector<Heartbeat> records(records_.size());
  // Opened anew each time: a network file system asks its server only then.
  Descriptor const file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  readable = file.open();
  auto rest = std::as_writable_bytes(std::span(records));
  off_t at = 0;
  while (readable && !rest.empty()) {
    auto const n = ::pread(file.fd(), rest.data(), rest.size(), at);
    if (n < 0 && errno == EINTR) continue;
    readable = n >= 0;
    if (n <= 0) break;
    at += n;
    rest = rest.subspan(static_cast<std::size_t>(n));
  }
  // The last one may be half there, and those of other launches are nobody's.
  auto const whole = static_cast<std::size_t>(at) / sizeof(Heartbeat);
  for (std::size_t rank = 0; rank < records.size(); ++rank)
    if (rank >= whole || records[rank].incarnation != incarnation_) records[rank] = Heartbeat();
  return records;
}

bool HeartbeatReader::look(double now) {
  bool readable = false;
  auto const seen = read(readable);
  bool const anew = looked_at_ < 0 || now - looked_at_ > longest_gap;
  looked_at_ = now;
  if (anew) {
    std::ranges::fill(alive_at_, now);
    progress_at_ = now;
  }
  if (!readable) return false;
  for (std::size_t rank = 0; rank < seen.size(); ++rank) {
    if (seen[rank].alive != records_[rank].alive || seen[rank].pid != records_[rank].pid) alive_at_[rank] = now;
    if (seen[rank].progress != records_[rank].progress || seen[rank].pid != records_[rank].pid) progress_at_ = now;
  }
  records_ = seen;
  return true;
}

int HeartbeatReader::started() const noexcept { return static_cast<int>(std::ranges::count_if(records_, started_in)); }

bool HeartbeatReader::all_ended() const noexcept {
  return std::ranges::all_of(records_, [](Heartbeat const& record) { return record.phase == Phase::end; });
}

std::vector<int> HeartbeatReader::stale(double now, double limit) const {
  std::vector<int> ranks;
  for (std::size_t rank = 0; rank < records_.size(); ++rank)
    if (started_in(records_[rank]) && records_[rank].phase != Phase::end && now - alive_at_[rank] > limit)
      ranks.push_back(static_cast<int>(rank));
  return ranks;
}

std::int64_t HeartbeatReader::superstep() const noexcept {
  auto lowest = std::numeric_limits<std::int64_t>::max();
  for (auto const& record : records_)
    if (started_in(record)) lowest = std::min(lowest, record.superstep);
  return started() == 0 ? -1 : lowest;
}

}  // namespace pel::store
