#include "data/dealing.hpp"

#include <stdexcept>

#include "engine/outgoing.hpp"
#include "engine/rounds.hpp"

namespace pel::data {

std::vector<std::byte*> shape_outgoing(Step& step, std::span<engine::Piece const> all) {
  std::vector<engine::Piece> pieces;
  for (std::uint32_t p = 0; p < all.size(); ++p) {
    if (all[p].count == 0) continue;
    pieces.push_back(all[p]);
    pieces.back().to = PartitionId{p};
  }
  auto& outgoing = *step.frame.outgoing;
  outgoing.shape(std::move(pieces), step.frame.local);
  std::vector<std::byte*> to(all.size());
  for (std::size_t i = 0; i < outgoing.pieces().size(); ++i)
    to[index(outgoing.pieces()[i].to)] = outgoing.bytes(i).data();
  return to;
}

std::vector<std::byte*> shape_outgoing(Step& step, std::span<engine::Piece const> all, std::uint32_t cuts) {
  if (cuts == 1) return shape_outgoing(step, all);
  std::vector<engine::Piece> whole(all.size() / cuts);
  for (std::size_t i = 0; i < all.size(); ++i) {
    whole[i / cuts].count += all[i].count;
    whole[i / cuts].bytes += all[i].bytes;
  }
  for (auto& piece : whole) piece.bytes += std::uint64_t{cuts} * 2 * sizeof(std::uint64_t);
  auto const begins = shape_outgoing(step, whole);
  std::vector<std::byte*> to(all.size());
  for (std::size_t p = 0; p < begins.size(); ++p) {
    if (begins[p] == nullptr) continue;
    auto* at = begins[p];
    auto const parts = all.subspan(p * cuts, cuts);
    for (auto const& part : parts) {
      at = pack<std::uint64_t>(part.count, at);
      at = pack<std::uint64_t>(part.bytes, at);
    }
    for (std::size_t i = 0; i < cuts; ++i) {
      to[p * cuts + i] = at;
      at += parts[i].bytes;
    }
  }
  return to;
}

void send_now(Step& step) {
  if (step.frame.rounds == nullptr) throw std::logic_error("a step without rounds cannot send in parts");
  step.frame.rounds->pause(step.frame.outgoing->size());
}

}  // namespace pel::data
