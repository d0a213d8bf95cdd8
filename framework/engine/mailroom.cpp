#include "engine/mailroom.hpp"

#include <algorithm>
#include <utility>

namespace pel::engine {

Mailroom::Mailroom(World& world, Placement const& placement, Memory* memory, int announce)
    : world_(world),
      placement_(placement),
      memory_(memory),
      pool_(std::make_shared<base::BlockPool>()),
      exchange_(world.communicator(), {}, pool_),
      announced_(memory != nullptr || world.ranks() <= announce),
      mine_(placement.partitions_of(world.rank())),
      local_(placement.partitions()),
      slot_of_(placement.partitions()),
      read_(mine_.size()),
      next_(mine_.size()) {
  for (std::size_t slot = 0; slot < mine_.size(); ++slot) {
    outgoing_.emplace_back(pool_);
    local_[index(mine_[slot])] = 1;
    slot_of_[index(mine_[slot])] = static_cast<std::uint32_t>(slot);
  }
}

void Mailroom::describe(Report& report) {
  // Parcels by destination rank. The ranks that get something are found through the pieces, so that a rank which talks
  // to few keeps few lists.
  consignments_.clear();
  report.messages = 0;
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
  if (!read_.empty()) read_.clear(*pool_);
  pool_->age();
  gather(agreed);
  if (!next_.empty()) {
    next_.finish();
    std::swap(read_, next_);
  }
  spilling_ = false;
  moved_ = 0;
}

// A third of what a rank sends lies ready at most, so that there are few rounds: in each of them ranks wait for the
// slowest. What is held already and what may come (about as much as is sent) must fit beside what this superstep reads;
// at its end that is free.
bool Mailroom::is_time(std::uint64_t sent) const {
  auto& agreement = world_.agreement();
  if (!agreement.has_said_so()) {
    if (sent <= std::max(memory_->worth_sending(), moved_ / 2)) return false;
    if (read_.memory() + next_.memory() + 2 * sent > memory_->for_mail()) return false;
  }
  return agreement.all_could_agree();
}

void Mailroom::gather(Agreed const& agreed) {
  if (agreed.messages == 0) return;
  world_.communicate("exchange", [&] { receive(agreed); });
}

void Mailroom::receive(Agreed const& agreed) {
  take_local();
  if (!announced_) {
    take(exchange_.deliver_unannounced(consignments_));
  } else if (memory_ == nullptr || agreed.most_incoming <= memory_->for_receiving()) {
    take(exchange_.deliver(consignments_, agreed.incoming));
  } else {
    for (int distance = 1; distance < world_.ranks(); ++distance) {
      take(exchange_.deliver(consignments_, agreed.incoming, distance));
      spill_if_needed();
    }
  }
  consignments_.clear();
  for (auto& sent : outgoing_) {
    moved_ += sent.size();
    sent.clear();
  }
  spill_if_needed();
}

void Mailroom::take_local() {
  for (std::size_t slot = 0; slot < outgoing_.size(); ++slot) {
    auto& sent = outgoing_[slot];
    bool any = false;
    for (std::size_t i = 0; i < sent.pieces().size(); ++i) {
      if (!sent.is_local(i)) continue;
      next_.add(slot_of_[index(sent.pieces()[i].to)], {mine_[slot], sent.pieces()[i].count, sent.bytes(i)});
      any = true;
    }
    if (any) next_.own(sent.take_local());
  }
}

void Mailroom::take(comm::Delivery delivery) {
  for (auto const& parcel : delivery.parcels)
    next_.add(slot_of_[index(parcel.to)], {parcel.from, parcel.count, parcel.bytes});
  for (auto& block : delivery.storage) next_.own(std::move(block));
}

// A failure must not keep the others waiting for this rank's messages: they hear of it when they agree next.
void Mailroom::spill_if_needed() {
  if (memory_ == nullptr || failure_) return;
  if (next_.memory() > memory_->for_mail() - std::min(memory_->for_mail(), read_.memory())) spilling_ = true;
  if (!spilling_) return;
  try {
    next_.spill(*memory_, *pool_);
  } catch (...) {
    failure_ = std::current_exception();
  }
}

}  // namespace pel::engine
