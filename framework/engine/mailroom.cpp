#include "engine/mailroom.hpp"

#include <algorithm>
#include <utility>

namespace pel::engine {

Mailroom::Mailroom(World& world, Placement const& placement, int announce)
    : world_(world),
      placement_(placement),
      pool_(std::make_shared<base::BlockPool>()),
      exchange_(world.communicator(), {}, pool_),
      announced_(world.ranks() <= announce),
      mine_(placement.partitions_of(world.rank())),
      local_(placement.partitions()),
      slot_of_(placement.partitions()),
      inbox_(mine_.size()) {
  for (std::size_t slot = 0; slot < mine_.size(); ++slot) {
    outgoing_.emplace_back(pool_);
    read_.emplace_back(pool_);
    local_[index(mine_[slot])] = 1;
    slot_of_[index(mine_[slot])] = static_cast<std::uint32_t>(slot);
  }
}

void Mailroom::describe(Report& report) {
  // Parcels by destination rank. The ranks that get something are found through the pieces, so that a rank which talks
  // to few keeps few lists.
  consignments_.clear();
  std::vector<std::pair<int, std::size_t>> known;  // rank, position among the consignments
  for (std::size_t slot = 0; slot < outgoing_.size(); ++slot) {
    auto const& from = outgoing_[slot];
    for (std::size_t i = 0; i < from.pieces().size(); ++i) {
      auto const& piece = from.pieces()[i];
      report.messages += piece.count;
      if (from.is_local(i)) continue;
      auto const rank = placement_.rank_of(piece.to);
      auto at = std::lower_bound(known.begin(), known.end(), std::pair(rank, std::size_t{0}));
      if (at == known.end() || at->first != rank) {
        at = known.insert(at, {rank, consignments_.size()});
        consignments_.push_back({rank, {}});
      }
      consignments_[at->second].parcels.push_back({piece.to, mine_[slot], piece.count, from.bytes(i)});
    }
  }
  if (!announced_) return;
  report.wire_bytes.assign(static_cast<std::size_t>(world_.ranks()), 0);
  for (auto const& consignment : consignments_)
    report.wire_bytes[static_cast<std::size_t>(consignment.rank)] = comm::Exchange::wire_bytes(consignment.parcels);
}

void Mailroom::deliver(Agreed const& agreed) {
  if (!inboxes_empty_) {
    for (auto& inbox : inbox_) inbox.clear();
    for (auto& sent : read_) sent.clear();
    for (auto& block : delivery_.storage) pool_->give(std::move(block));
    delivery_ = {};
    inboxes_empty_ = true;
  }
  pool_->age();
  if (agreed.messages == 0) return;
  inboxes_empty_ = false;
  world_.communicate("exchange", [&] {
    delivery_ =
        announced_ ? exchange_.deliver(consignments_, agreed.incoming) : exchange_.deliver_unannounced(consignments_);
    sort_in();
  });
}

void Mailroom::sort_in() {
  consignments_.clear();
  take_local();
  for (auto const& parcel : delivery_.parcels)
    inbox_[slot_of_[index(parcel.to)]].push_back({parcel.from, parcel.count, parcel.bytes});
  for (auto& inbox : inbox_)
    std::sort(inbox.begin(), inbox.end(), [](Segment const& a, Segment const& b) { return a.from < b.from; });
}

void Mailroom::take_local() {
  std::swap(outgoing_, read_);
  for (std::size_t slot = 0; slot < read_.size(); ++slot) {
    auto& sent = read_[slot];
    sent.drop_remote();
    for (std::size_t i = 0; i < sent.pieces().size(); ++i)
      if (sent.is_local(i))
        inbox_[slot_of_[index(sent.pieces()[i].to)]].push_back({mine_[slot], sent.pieces()[i].count, sent.bytes(i)});
  }
}

}  // namespace pel::engine
