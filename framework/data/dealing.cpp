#include "data/dealing.hpp"

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

}  // namespace pel::data
