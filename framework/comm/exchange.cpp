#include "comm/exchange.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <tuple>

#include "comm/native.hpp"
#include "pel/error.hpp"

namespace pel::comm {
namespace {

constexpr int tag_stream = 11;  // all blocks of a stream, but the first of an unannounced one
constexpr int tag_first = 12;

// On the wire, before the packed messages: {bytes of the stream, parcels}, then a header a parcel.
struct StreamHeader {
  std::uint64_t bytes, parcels;
};
struct ParcelHeader {
  std::uint32_t to, from;
  std::uint64_t count, bytes;
};
static_assert(sizeof(StreamHeader) == 16 && sizeof(ParcelHeader) == 24);

// Hands out the bytes of a consignment in order, as many as asked for at a time.
class Packer {
 public:
  explicit Packer(std::span<Parcel const> parcels)
      : parcels_(parcels), headers_(sizeof(StreamHeader) + parcels.size() * sizeof(ParcelHeader)) {
    StreamHeader const stream{Exchange::wire_bytes(parcels), parcels.size()};
    std::memcpy(headers_.data(), &stream, sizeof stream);
    auto* at = headers_.data() + sizeof stream;
    for (auto const& parcel : parcels) {
      ParcelHeader const header{static_cast<std::uint32_t>(index(parcel.to)),
                                static_cast<std::uint32_t>(index(parcel.from)), parcel.count, parcel.bytes.size()};
      std::memcpy(at, &header, sizeof header);
      at += sizeof header;
    }
    rest_ = headers_;
  }
  Packer(Packer&&) = default;  // rest_ points into a vector's heap, which a move keeps

  void operator()(std::span<std::byte> block) {
    while (!block.empty()) {
      while (rest_.empty()) rest_ = parcels_[next_++].bytes;
      auto const n = std::min(block.size(), rest_.size());
      std::memcpy(block.data(), rest_.data(), n);
      block = block.subspan(n);
      rest_ = rest_.subspan(n);
    }
  }

 private:
  std::span<Parcel const> parcels_;
  std::vector<std::byte> headers_;
  std::span<std::byte const> rest_;
  std::size_t next_ = 0;
};

OutStream stream_of(Consignment const& consignment) {
  auto packer = std::make_shared<Packer>(consignment.parcels);
  return {consignment.rank,
          Exchange::wire_bytes(consignment.parcels),
          1,
          [packer](std::uint64_t, std::span<std::byte> block) { (*packer)(block); },
          {}};  // asked in order
}

}  // namespace

Exchange::Exchange(Communicator communicator, ExchangeSettings settings, std::shared_ptr<base::BlockPool> pool)
    : communicator_(communicator),
      pool_(std::move(pool)),
      settings_(settings),
      transfer_(std::move(communicator), settings.transfer) {}

std::uint64_t Exchange::wire_bytes(std::span<Parcel const> parcels) {
  if (parcels.empty()) return 0;
  std::uint64_t bytes = sizeof(StreamHeader) + parcels.size() * sizeof(ParcelHeader);
  for (auto const& parcel : parcels) bytes += parcel.bytes.size();
  return bytes;
}

Delivery Exchange::deliver(std::span<Consignment const> outgoing, std::span<std::uint64_t const> incoming) {
  return deliver(outgoing, incoming, 1, communicator_.size() - 1);
}

Delivery Exchange::deliver(std::span<Consignment const> outgoing, std::span<std::uint64_t const> incoming,
                           int distance) {
  return deliver(outgoing, incoming, distance, distance);
}

// Of the distances from first to last.
Delivery Exchange::deliver(std::span<Consignment const> outgoing, std::span<std::uint64_t const> incoming, int first,
                           int last) {
  std::vector<Incoming> received;
  std::vector<InStream> in;
  // Sources in a shifted order, as the senders take their destinations: at any time all links are busy.
  auto const ranks = communicator_.size();
  for (int distance = first; distance <= last; ++distance) {
    auto const source = (communicator_.rank() + ranks - distance) % ranks;
    auto const bytes = incoming[static_cast<std::size_t>(source)];
    if (bytes == 0) continue;
    received.push_back({source, bytes, pool_->take(bytes)});
    in.push_back({source, received.back().data.data(), bytes, 1});
  }
  std::vector<OutStream> out;
  for (auto const& consignment : outgoing) {
    auto const distance = distance_to(consignment.rank);
    if (!consignment.parcels.empty() && distance >= first && distance <= last) out.push_back(stream_of(consignment));
  }
  std::sort(out.begin(), out.end(),
            [&](OutStream const& a, OutStream const& b) { return distance_to(a.to) < distance_to(b.to); });
  transfer_.run(out, in, tag_stream);
  return sorted(std::move(received));
}

Delivery Exchange::deliver_unannounced(std::span<Consignment const> outgoing) {
  std::vector<OutStream> out;
  auto received = discover(outgoing, out);
  std::vector<InStream> in;
  for (auto const& stream : received) {
    auto const first = std::min(settings_.first_block, stream.bytes);
    if (stream.bytes > first) in.push_back({stream.rank, stream.data.data() + first, stream.bytes - first, 1});
  }
  transfer_.run(out, in, tag_stream);
  return sorted(std::move(received));
}

// Sends the first block of each stream and receives those of others; `streams` gets what is left to send.
std::vector<Exchange::Incoming> Exchange::discover(std::span<Consignment const> outgoing,
                                                   std::vector<OutStream>& streams) {
  auto const handle = communicator_.native().handle();
  std::vector<std::vector<std::byte>> blocks;
  std::vector<MPI_Request> sends;
  for (auto const& consignment : outgoing) {
    if (consignment.parcels.empty()) continue;
    auto stream = stream_of(consignment);
    blocks.emplace_back(std::min(settings_.first_block, stream.bytes));
    stream.fill(0, blocks.back());
    stream.bytes -= blocks.back().size();
    sends.push_back(MPI_REQUEST_NULL);
    check(MPI_Issend(blocks.back().data(), static_cast<int>(blocks.back().size()), MPI_BYTE, stream.to, tag_first,
                     handle, &sends.back()),
          "MPI_Issend", communicator_);
    if (stream.bytes > 0) streams.push_back(std::move(stream));
  }

  std::vector<Incoming> received;
  MPI_Request barrier = MPI_REQUEST_NULL;
  bool waiting_in_barrier = false;
  for (int over = 0; over == 0;) {
    int found = 0;
    MPI_Status status;
    check(MPI_Iprobe(MPI_ANY_SOURCE, tag_first, handle, &found, &status), "MPI_Iprobe", communicator_);
    if (found != 0) {
      int n = 0;
      check(MPI_Get_count(&status, MPI_BYTE, &n), "MPI_Get_count", communicator_);
      received.push_back(receive_first_block(status.MPI_SOURCE, static_cast<std::uint64_t>(n)));
    } else if (waiting_in_barrier) {
      check(MPI_Test(&barrier, &over, MPI_STATUS_IGNORE), "MPI_Test", communicator_);
    } else {
      int sent = 0;
      check(MPI_Testall(static_cast<int>(sends.size()), sends.data(), &sent, MPI_STATUSES_IGNORE), "MPI_Testall",
            communicator_);
      if (sent == 0) continue;
      check(MPI_Ibarrier(handle, &barrier), "MPI_Ibarrier", communicator_);
      waiting_in_barrier = true;
    }
  }
  return received;
}

Exchange::Incoming Exchange::receive_first_block(int source, std::uint64_t n) {
  auto block = pool_->take(n);
  check(MPI_Recv(block.data(), static_cast<int>(n), MPI_BYTE, source, tag_first, communicator_.native().handle(),
                 MPI_STATUS_IGNORE),
        "MPI_Recv", communicator_);
  StreamHeader header{};
  std::memcpy(&header, block.data(), sizeof header);
  if (header.bytes == n) return {source, n, std::move(block)};
  auto whole = pool_->take(header.bytes);
  std::memcpy(whole.data(), block.data(), n);
  pool_->give(std::move(block));
  return {source, header.bytes, std::move(whole)};
}

Delivery Exchange::sorted(std::vector<Incoming> incoming) {
  Delivery delivery;
  for (auto& stream : incoming) {
    StreamHeader header{};
    std::memcpy(&header, stream.data.data(), sizeof header);
    std::uint64_t offset = sizeof header + header.parcels * sizeof(ParcelHeader);
    for (std::uint64_t i = 0; i < header.parcels; ++i) {
      ParcelHeader parcel{};
      std::memcpy(&parcel, stream.data.data() + sizeof header + i * sizeof parcel, sizeof parcel);
      delivery.parcels.push_back({PartitionId{parcel.to},
                                  PartitionId{parcel.from},
                                  parcel.count,
                                  {stream.data.data() + offset, parcel.bytes}});
      offset += parcel.bytes;
    }
    if (offset != stream.bytes) throw InternalError(__FILE__, __LINE__, "a stream is not as long as its headers say");
    delivery.storage.push_back(std::move(stream.data));
  }
  std::sort(delivery.parcels.begin(), delivery.parcels.end(),
            [](Parcel const& a, Parcel const& b) { return std::tuple(a.to, a.from) < std::tuple(b.to, b.from); });
  return delivery;
}

}  // namespace pel::comm
