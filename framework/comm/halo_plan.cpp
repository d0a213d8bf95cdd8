#include "comm/halo_plan.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "comm/exchange.hpp"

namespace pel::comm {
namespace {

constexpr int tag_halo = 13;
constexpr TransferSettings halo_transfer{.block_bytes = std::size_t{1} << 19U, .receives_ahead = 4, .ranks_at_once = 8};

// Gathers values[entries[0]], values[entries[1]], … into a block.
template <class Value>
void gather(std::byte* block, std::byte const* values, std::uint32_t const* entries, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    std::memcpy(block + i * sizeof(Value), values + std::size_t{entries[i]} * sizeof(Value), sizeof(Value));
}

void gather_any(std::byte* block, std::byte const* values, std::uint32_t const* entries, std::size_t n,
                std::size_t element_bytes) {
  if (element_bytes == 8) return gather<std::uint64_t>(block, values, entries, n);
  if (element_bytes == 4) return gather<std::uint32_t>(block, values, entries, n);
  if (element_bytes == 1) return gather<std::uint8_t>(block, values, entries, n);
  for (std::size_t i = 0; i < n; ++i)
    std::memcpy(block + i * element_bytes, values + entries[i] * element_bytes, element_bytes);
}

// Entries side by side (the edge of a grid) are sent from where they lie, whole; others are gathered block by block.
// Both ends know the entries, so both cut the stream alike.
bool side_by_side(std::vector<std::uint32_t> const& entries) {
  return entries.back() - entries.front() == entries.size() - 1;  // they ascend, each once
}
constexpr std::uint64_t most_of_a_run = std::uint64_t{1} << 30U;  // MPI counts in int

std::uint64_t granule_of(bool run, std::uint64_t bytes, std::size_t element_bytes) {
  return run && bytes <= most_of_a_run ? bytes : element_bytes;
}

}  // namespace

HaloPlan::HaloPlan(Communicator const& communicator)
    : communicator_(communicator), transfer_(communicator, halo_transfer) {}

HaloPlan HaloPlan::make(Communicator const& communicator, std::uint32_t owned, std::vector<HaloNeed> const& needs) {
  HaloPlan plan(communicator);
  plan.owned_ = owned;
  std::vector<Consignment> requests;
  for (auto const& need : needs) {
    if (need.entries.empty()) continue;
    auto const count = static_cast<std::uint32_t>(need.entries.size());
    plan.stretches_.push_back({need.owner, plan.mirrors_, count, side_by_side(need.entries)});
    plan.mirrors_ += count;
    Parcel const parcel{
        {}, partition_id(static_cast<std::size_t>(communicator.rank())), count, std::as_bytes(std::span(need.entries))};
    requests.push_back({need.owner, {parcel}});
  }
  auto const received = Exchange(communicator).deliver_unannounced(requests);
  for (auto const& parcel : received.parcels) {  // ordered by the asking rank
    Neighbour neighbour{static_cast<int>(index(parcel.from)), std::vector<std::uint32_t>(parcel.count)};
    std::memcpy(neighbour.entries.data(), parcel.bytes.data(), parcel.bytes.size());
    plan.neighbours_.push_back(std::move(neighbour));
  }
  return plan;
}

std::uint64_t HaloPlan::entries_out() const noexcept {
  std::uint64_t n = 0;
  for (auto const& neighbour : neighbours_) n += neighbour.entries.size();
  return n;
}

base::RankedBitmap const& HaloPlan::mirrored_by(std::size_t i) const {
  if (mirrored_by_.empty())
    for (auto const& neighbour : neighbours_) {
      auto& set = mirrored_by_.emplace_back(owned_);
      set.add_all(neighbour.entries);
      set.count();
    }
  return mirrored_by_[i];
}

void HaloPlan::ship(std::byte* values, std::size_t element_bytes) const {
  std::vector<OutStream> out;
  out.reserve(neighbours_.size());
  for (auto const& neighbour : neighbours_) {
    auto const* const entries = neighbour.entries.data();
    auto const bytes = neighbour.entries.size() * element_bytes;
    bool const run = side_by_side(neighbour.entries);
    auto const in_place = [=](std::uint64_t offset, std::uint64_t n) -> std::span<std::byte const> {
      if (!run) return {};
      return {values + entries[0] * element_bytes + offset, n};
    };
    auto const fill = [=](std::uint64_t offset, std::span<std::byte> block) {
      gather_any(block.data(), values, entries + offset / element_bytes, block.size() / element_bytes, element_bytes);
    };
    out.push_back({neighbour.rank, bytes, granule_of(run, bytes, element_bytes), fill, in_place});
  }
  std::vector<InStream> in;
  in.reserve(stretches_.size());
  for (auto const& stretch : stretches_)
    in.push_back({stretch.rank, values + (std::size_t{owned_} + stretch.first) * element_bytes,
                  stretch.count * element_bytes,
                  granule_of(stretch.run, stretch.count * element_bytes, element_bytes)});
  transfer_.run(out, in, tag_halo);
}

}  // namespace pel::comm
