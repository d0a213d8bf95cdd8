#include "store/part_stream.hpp"

#include <algorithm>
#include <utility>

#include "base/digest.hpp"
#include "pel/error.hpp"
#include "store/block_sums.hpp"

namespace pel::store {
namespace {

constexpr std::size_t whole_page = PageBuffer::page_bytes;
constexpr std::size_t least_lane = 16 * whole_page;

}  // namespace

PartStream::PartStream(std::filesystem::path path, PartHeading heading, std::vector<PartitionId> const& partitions,
                       std::vector<FieldPlan> const& fields, Milestone reached)
    : path_(std::move(path)),
      heading_(std::move(heading)),
      reached_(std::move(reached)),
      draft_(path_, heading_, partitions, fields, reached_),
      sums_(draft_.blocks()) {}

void PartStream::sum(std::size_t field, std::size_t slice, std::span<std::byte const> bytes) {
  auto const& row = draft_.index().slices[draft_.row_of(field, slice)];
  if (bytes.size() != draft_.index().bytes_of(row))
    throw InternalError(__FILE__, __LINE__, "a slice has another size than was planned");
  for (std::size_t at = 0; at < bytes.size(); at += block_bytes)
    sums_[row.first_block + at / block_bytes] =
        base::checksum_of(bytes.subspan(at, std::min(block_bytes, bytes.size() - at)));
}

void PartStream::begin(std::optional<EarlierPart> const& earlier, std::size_t lanes) {
  if (earlier) draft_.take_from_earlier(*earlier, [&](std::size_t block) { return sums_[block]; });
  file_.emplace(draft_.create());
  progress_ = std::make_unique<PayloadProgress>(reached_, draft_.payload_bytes());
  auto const bytes = std::clamp<std::size_t>((draft_.payload_bytes() / whole_page + 1) * whole_page, least_lane,
                                             std::max(least_lane, buffer_bytes / lanes / whole_page * whole_page));
  buffer_.reserve(lanes * bytes);
  for (std::size_t i = 0; i < lanes; ++i)
    lanes_.push_back({PayloadWriter(*file_, path_, [this](std::uint64_t n) { progress_->add(n); }),
                      buffer_.bytes().subspan(i * bytes, bytes)});
}

void PartStream::write(std::size_t lane, std::size_t field, std::size_t slice, std::span<std::byte const> bytes) {
  auto const& row = draft_.index().slices[draft_.row_of(field, slice)];
  if (row.file != 0) return;
  sum(field, slice, bytes);
  put(lanes_[lane], row.offset, bytes);
}

// By way of the lane's pages, as memory of kernels begins anywhere: what fills whole pages of the file then goes past
// the page cache, for which there is no room either.
void PartStream::put(Lane& lane, std::uint64_t offset, std::span<std::byte const> bytes) {
  auto const head = std::min<std::size_t>((whole_page - offset % whole_page) % whole_page, bytes.size());
  lane.payload.write(offset, bytes.first(head));
  offset += head;
  bytes = bytes.subspan(head);
  while (!bytes.empty()) {
    auto const n = std::min(lane.buffer.size(), bytes.size());
    std::ranges::copy(bytes.first(n), lane.buffer.begin());
    lane.payload.write(offset, lane.buffer.first(n));
    offset += n;
    bytes = bytes.subspan(n);
  }
}

WrittenPart PartStream::finish() { return draft_.finish(*file_, std::move(sums_)); }

}  // namespace pel::store
