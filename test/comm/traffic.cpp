#include "comm/traffic.hpp"

#include <algorithm>
#include <tuple>

#include "base/hash.hpp"

namespace pel::test {
namespace {

std::uint64_t draw(Traffic const& traffic, std::uint32_t from, std::uint32_t to, std::uint64_t what) {
  return base::mix64(base::mix64(base::mix64(traffic.seed * 31 + from + 1) + to + 1) + what);
}

bool talks(Traffic const& traffic, std::uint32_t from, std::uint32_t to, int ranks) {
  if (traffic.only_from >= 0 && rank_of(from, ranks) != traffic.only_from) return false;
  return draw(traffic, from, to, 0) % 100 < traffic.percent;
}

Sent parcel(Traffic const& traffic, std::uint32_t from, std::uint32_t to) {
  Sent sent{to, from, draw(traffic, from, to, 1) % 1000, ""};
  sent.bytes.resize(draw(traffic, from, to, 2) % (traffic.most_bytes + 1));
  auto state = draw(traffic, from, to, 3);
  for (auto& c : sent.bytes) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    c = static_cast<char>(state >> 56U);
  }
  return sent;
}

}  // namespace

std::vector<Sent> between(Traffic const& traffic, int source, int destination, int ranks) {
  std::vector<Sent> parcels;
  for (std::uint32_t to = 0; to < traffic.partitions; ++to) {
    if (rank_of(to, ranks) != destination) continue;
    for (std::uint32_t from = 0; from < traffic.partitions; ++from)
      if (rank_of(from, ranks) == source && talks(traffic, from, to, ranks))
        parcels.push_back(parcel(traffic, from, to));
  }
  return parcels;
}

std::vector<Sent> expected_on(Traffic const& traffic, int rank, int ranks) {
  std::vector<Sent> all;
  for (int source = 0; source < ranks; ++source) {
    if (source == rank) continue;
    auto const some = between(traffic, source, rank, ranks);
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end(),
            [](Sent const& a, Sent const& b) { return std::tie(a.to, a.from) < std::tie(b.to, b.from); });
  return all;
}

Outgoing outgoing_of(Traffic const& traffic, int rank, int ranks) {
  Outgoing outgoing;
  for (int to = 0; to < ranks; ++to) {
    outgoing.memory.push_back(to == rank ? std::vector<Sent>() : between(traffic, rank, to, ranks));
    if (to == rank) continue;
    comm::Consignment consignment{to, {}};
    for (auto const& sent : outgoing.memory.back())
      consignment.parcels.push_back(
          {PartitionId{sent.to}, PartitionId{sent.from}, sent.count, std::as_bytes(std::span(sent.bytes))});
    outgoing.consignments.push_back(std::move(consignment));  // may have no parcels: then nothing is sent
  }
  return outgoing;
}

std::vector<std::uint64_t> incoming_of(Traffic const& traffic, int rank, int ranks) {
  std::vector<std::uint64_t> bytes;
  for (int source = 0; source < ranks; ++source) {
    auto const parcels = source == rank ? std::vector<Sent>() : between(traffic, source, rank, ranks);
    bytes.push_back(parcels.empty() ? 0 : 16 + 24 * parcels.size());
    for (auto const& sent : parcels) bytes.back() += sent.bytes.size();
  }
  return bytes;
}

std::vector<Sent> received(comm::Delivery const& delivery) {
  std::vector<Sent> all;
  for (auto const& parcel : delivery.parcels)
    all.push_back({static_cast<std::uint32_t>(index(parcel.to)),
                   static_cast<std::uint32_t>(index(parcel.from)),
                   parcel.count,
                   {reinterpret_cast<char const*>(parcel.bytes.data()), parcel.bytes.size()}});
  return all;
}

}  // namespace pel::test
