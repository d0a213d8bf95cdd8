// The h-relation of a superstep: what partitions send to partitions of other ranks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/block.hpp"
#include "base/block_pool.hpp"
#include "comm/block_transfer.hpp"
#include "comm/communicator.hpp"
#include "pel/partition.hpp"

namespace pel::comm {

// All that one partition has for another: `count` messages, packed.
struct Parcel {
  PartitionId to{}, from{};
  std::uint64_t count = 0;
  std::span<std::byte const> bytes;
};

// The parcels for one rank.
struct Consignment {
  int rank = 0;
  std::vector<Parcel> parcels;
};

// What arrived: parcels ordered by (to, from), and the memory they lie in.
struct Delivery {
  std::vector<Parcel> parcels;
  std::vector<base::Block> storage;
};

struct ExchangeSettings {
  TransferSettings transfer;
  std::uint64_t first_block = std::uint64_t{1} << 16U;  // of an unannounced stream
};

// Delivers parcels between ranks. What stays on a rank never comes here.
class Exchange {
 public:
  // `pool`: where the memory of deliveries comes from; whoever has a delivery may give it back there.
  explicit Exchange(Communicator communicator, ExchangeSettings settings = {},
                    std::shared_ptr<base::BlockPool> pool = std::make_shared<base::BlockPool>());

  // Bytes on the wire for a consignment: a header, 24 bytes a parcel, the parcels. 0 for no parcels.
  [[nodiscard]] static std::uint64_t wire_bytes(std::span<Parcel const> parcels);

  // Afterwards each rank holds, ordered by (to, from), all that is addressed to its partitions.
  // `incoming`: how many bytes on the wire each rank sends to this one, as the superstep's collective told.
  // Collective: all ranks, once a superstep, from the main thread. Requires: parcels stay valid until it returns.
  // Throws: MpiError.
  // Cost: w = O(parcels), h = max over ranks of max(bytes out, bytes in), l = 1 message a block; no collective.
  // Example: 4 partitions on 2 ranks; rank 0 sends "a" from 0 to 2 and "bc" from 0 to 3: rank 1 holds {2: "a", 3:
  // "bc"}, h = 3 bytes + 16 + 2 x 24 of headers.
  [[nodiscard]] Delivery deliver(std::span<Consignment const> outgoing, std::span<std::uint64_t const> incoming);
  // The part of it that goes to the rank `distance` above, and comes from the one as far below: what arrives at once is
  // what one rank sends. Collective: all ranks, for the distances 1 … ranks - 1 in turn.
  [[nodiscard]] Delivery deliver(std::span<Consignment const> outgoing, std::span<std::uint64_t const> incoming,
                                 int distance);

  // The same where nobody told: for many ranks of which few talk, it costs no array of all ranks. Each stream's first
  // block is sent synchronously and found by probing; a non-blocking barrier says when there is no more to find.
  // Source: Hoefler, Siebert, Lumsdaine, "Scalable communication protocols for dynamic sparse data exchange", PPoPP
  // 2010. Requires: another collective of all ranks before the next call. Cost: as above, l = a barrier more.
  [[nodiscard]] Delivery deliver_unannounced(std::span<Consignment const> outgoing);

 private:
  [[nodiscard]] Delivery deliver(std::span<Consignment const> outgoing, std::span<std::uint64_t const> incoming,
                                 int first, int last);
  [[nodiscard]] int distance_to(int rank) const noexcept {
    return (rank + communicator_.size() - communicator_.rank()) % communicator_.size();
  }
  struct Incoming {
    int rank;
    std::uint64_t bytes;
    base::Block data;
  };
  [[nodiscard]] std::vector<Incoming> discover(std::span<Consignment const> outgoing, std::vector<OutStream>& streams);
  [[nodiscard]] Incoming receive_first_block(int source, std::uint64_t n);
  [[nodiscard]] static Delivery sorted(std::vector<Incoming> incoming);

  Communicator communicator_;
  std::shared_ptr<base::BlockPool> pool_;
  ExchangeSettings settings_;
  BlockTransfer transfer_;
};

}  // namespace pel::comm
