#include "engine/stored_mail.hpp"

#include <algorithm>
#include <numeric>

#include "store/spill_file.hpp"

namespace pel::engine {

void StoredMail::read(Extent const& extent, std::uint64_t begin, std::span<std::byte> to) const {
  file_->read_at(extent.offset + begin, to);
}

std::vector<Segment> StoredMail::load(std::span<std::byte> to) const {
  std::vector<std::uint32_t> by_place(extents_.size());
  std::iota(by_place.begin(), by_place.end(), 0U);
  std::sort(by_place.begin(), by_place.end(),
            [this](auto a, auto b) { return extents_[a].offset < extents_[b].offset; });
  std::vector<Segment> segments(extents_.size());
  std::size_t at = 0;
  for (std::size_t i = 0; i < by_place.size();) {
    auto const begin = extents_[by_place[i]].offset;
    auto end = begin;
    auto const first = at;
    for (; i < by_place.size() && extents_[by_place[i]].offset == end; ++i) {
      auto const& extent = extents_[by_place[i]];
      segments[by_place[i]] = {extent.from, extent.count, to.subspan(at, extent.bytes)};
      at += extent.bytes;
      end += extent.bytes;
    }
    file_->read_at(begin, to.subspan(first, at - first));
  }
  return segments;
}

}  // namespace pel::engine
