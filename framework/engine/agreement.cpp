#include "engine/agreement.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "pel/error.hpp"

namespace pel::engine {
namespace {

// The head of a report on the wire; then wire_bytes, contributions (partition and size each, then all bytes), failure.
struct Head {
  std::uint64_t site;
  std::uint64_t going_on, messages, halos, written;
  std::int64_t failed_partition;
  std::uint64_t failure_bytes;
  std::uint32_t pairs, contributions;
  std::uint32_t any, all;
};
struct ContributionHead {
  std::uint64_t partition, bytes;
};

Head head_of(std::span<std::byte const> bytes) {
  Head head{};
  std::memcpy(&head, bytes.data(), sizeof head);
  return head;
}

template <class T>
void append(std::vector<std::byte>& bytes, T const* data, std::size_t n) {
  if (n == 0) return;
  auto const at = bytes.size();
  bytes.resize(at + n * sizeof(T));
  std::memcpy(bytes.data() + at, data, n * sizeof(T));
}

}  // namespace

void Report::clear() {
  auto const site_before = site;
  *this = {};
  site = site_before;
}

Agreement::Agreement(comm::Communicator communicator) : communicator_(communicator), gather_(std::move(communicator)) {}

Agreed const& Agreement::agree(Report const& report) {
  mine_.clear();
  failed_ = false;  // whatever was before, all ranks have come here
  Head const head{static_cast<std::uint64_t>(report.site),
                  report.going_on,
                  report.messages,
                  report.halos,
                  report.written,
                  report.failed_partition,
                  report.failure.size(),
                  static_cast<std::uint32_t>(report.wire_bytes.size()),
                  static_cast<std::uint32_t>(report.contributions.size()),
                  report.any,
                  report.all};
  append(mine_, &head, 1);
  append(mine_, report.wire_bytes.data(), report.wire_bytes.size());
  for (auto const& contribution : report.contributions) {
    ContributionHead const entry{index(contribution.partition), contribution.bytes.size()};
    append(mine_, &entry, 1);
  }
  for (auto const& contribution : report.contributions)
    append(mine_, contribution.bytes.data(), contribution.bytes.size());
  append(mine_, report.failure.data(), report.failure.size());

  if (roll_call_) roll_call_->wait();
  auto const& reports = gather_.gather(mine_);
  agreed_.going_on = agreed_.messages = agreed_.halos = agreed_.written = 0;
  agreed_.any = 0;
  agreed_.all = ~std::uint32_t{0};
  agreed_.incoming.assign(reports.size(), 0);
  contributions_.clear();
  throw_first_failure(reports);
  to_each_.assign(reports.size(), 0);
  for (std::size_t r = 0; r < reports.size(); ++r) read(r, reports[r]);
  agreed_.most_incoming = *std::max_element(to_each_.begin(), to_each_.end());

  // Ranks come in order, but need not hold partitions in order.
  auto const by_partition = [](auto const& a, auto const& b) { return a.partition < b.partition; };
  if (!std::is_sorted(contributions_.begin(), contributions_.end(), by_partition))
    std::sort(contributions_.begin(), contributions_.end(), by_partition);
  agreed_.contributions.clear();
  for (auto const& contribution : contributions_) agreed_.contributions.push_back(contribution.bytes);
  return agreed_;
}

void Agreement::announce_from_now_on() {
  if (roll_call_) return;
  auto roll_call = std::make_unique<comm::RollCall>(communicator_);
  Report report;
  report.site = Site::start;
  agree(report);
  roll_call_ = std::move(roll_call);
}

void Agreement::read(std::size_t rank, std::span<std::byte const> bytes) {
  auto const head = head_of(bytes);
  agreed_.going_on += head.going_on;
  agreed_.messages += head.messages;
  agreed_.halos |= head.halos;
  agreed_.written |= head.written;
  agreed_.any |= head.any;
  agreed_.all &= head.all;
  bytes = bytes.subspan(sizeof head);
  if (head.pairs > 0) {
    for (std::size_t to = 0; to < head.pairs; ++to) {
      std::uint64_t wire = 0;
      std::memcpy(&wire, bytes.data() + to * sizeof wire, sizeof wire);
      to_each_[to] += wire;
      if (to == static_cast<std::size_t>(communicator_.rank())) agreed_.incoming[rank] = wire;
    }
    bytes = bytes.subspan(head.pairs * sizeof(std::uint64_t));
  }
  auto payload = bytes.subspan(head.contributions * sizeof(ContributionHead));
  for (std::uint32_t i = 0; i < head.contributions; ++i) {
    ContributionHead entry{};
    std::memcpy(&entry, bytes.data() + i * sizeof entry, sizeof entry);
    contributions_.push_back({partition_id(entry.partition), payload.first(entry.bytes)});
    payload = payload.subspan(entry.bytes);
  }
}

void Agreement::throw_first_failure(std::vector<std::span<std::byte const>> const& reports) {
  std::span<std::byte const> failure;
  std::int64_t lowest = 0;
  bool same_site = true;
  for (auto const& bytes : reports) {
    auto const head = head_of(bytes);
    same_site = same_site && head.site == head_of(reports[0]).site;
    if (head.failure_bytes == 0 || (!failure.empty() && lowest <= head.failed_partition)) continue;
    failure = bytes.last(head.failure_bytes);
    lowest = head.failed_partition;
  }
  if (!failure.empty()) {
    failed_ = true;
    throw_failure(failure);
  }
  if (!same_site) {
    failed_ = true;
    throw InternalError(__FILE__, __LINE__,
                        "ranks are at different places of the program: a collective call that not all ranks make");
  }
}

}  // namespace pel::engine
