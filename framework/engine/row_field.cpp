#include "engine/row_field.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/varint.hpp"
#include "pel/error.hpp"

namespace pel::engine {

RowField::RowField(std::shared_ptr<HaloLayout const> layout, bool marked, std::uint64_t bytes_a_round)
    : SharedField(std::move(layout)),
      marked_(marked),
      bytes_a_round_(bytes_a_round),
      own_(this->layout().plan.owned()),
      messages_(this->layout().plan.communicator()) {}

void RowField::refresh() {
  std::fill(own_.begin(), own_.end(), std::span<std::uint32_t const>());
  round_ = rounds_ = 0;
  arrived_.clear();
  slots_.clear();
}

// Gives all entries of all ranks numbers, by rank and position: mirrors learn those of theirs.
void RowField::number_entries() {
  auto const& plan = layout().plan;
  std::uint32_t const owned = plan.owned();
  std::string text(sizeof owned, '\0');
  std::memcpy(text.data(), &owned, sizeof owned);
  std::vector<std::uint64_t> first{0};  // by rank
  for (auto const& other : plan.communicator().all_gather(text)) {
    std::uint32_t n = 0;
    std::memcpy(&n, other.data(), sizeof n);
    first.push_back(first.back() + n);
  }
  own_number_ = first[static_cast<std::size_t>(plan.communicator().rank())];
  std::vector<std::uint32_t> positions(layout().slots());
  for (std::uint32_t i = 0; i < owned; ++i) positions[i] = i;
  plan.ship(reinterpret_cast<std::byte*>(positions.data()), sizeof positions[0]);
  mirrored_ = base::RankedBitmap(first.back());
  mirror_numbers_.resize(plan.mirrors());
  for (auto const& stretch : plan.stretches())
    for (auto i = stretch.first; i < stretch.first + stretch.count; ++i) {
      mirror_numbers_[i] = first[static_cast<std::size_t>(stretch.rank)] + positions[owned + i];
      mirrored_.add(mirror_numbers_[i]);
    }
  mirrored_.count();
  numbered_ = true;
}

std::uint64_t RowField::number_of(std::uint32_t slot) const noexcept {
  return slot < own_.size() ? own_number_ + slot : mirror_numbers_[slot - own_.size()];
}

std::uint32_t RowField::slot_of(std::uint64_t number) const noexcept {
  if (number >= own_number_ && number - own_number_ < own_.size())
    return static_cast<std::uint32_t>(number - own_number_);
  auto const rank = mirrored_.rank(number);
  return rank == base::RankedBitmap::absent ? rank : static_cast<std::uint32_t>(own_.size()) + rank;
}

// Where a round that starts with row `first` of `n` ends.
template <class Length>
std::uint32_t RowField::end_of_round(std::uint32_t first, std::uint32_t n, Length const& length) const {
  auto const others = static_cast<std::uint64_t>(std::max(1, layout().plan.communicator().size() - 1));
  auto const most = bytes_a_round_ / sizeof(std::uint32_t) / others;
  std::uint64_t sum = 0;
  auto last = first;
  for (; last < n; ++last) {
    sum += length(last);
    if (sum > most && last > first) break;
  }
  return last;
}

// How many rounds this rank needs to receive all rows.
std::uint32_t RowField::rounds_here() const {
  std::uint32_t most = 1;
  for (auto const& stretch : layout().plan.stretches()) {
    std::uint32_t rounds = 0;
    for (std::uint32_t at = 0; at < stretch.count; ++rounds)
      at = end_of_round(at, stretch.count, [&](std::uint32_t i) { return arrived_[stretch.first + i].count; });
    most = std::max(most, rounds);
  }
  return most;
}

// The lengths of rows go to the mirrors; then all ranks know how many rounds it takes.
void RowField::begin() {
  auto const& plan = layout().plan;
  if (!numbered_) number_entries();
  std::vector<std::uint32_t> lengths(layout().slots());
  for (std::size_t i = 0; i < own_.size(); ++i) lengths[i] = static_cast<std::uint32_t>(own_[i].size());
  plan.ship(reinterpret_cast<std::byte*>(lengths.data()), sizeof lengths[0]);
  arrived_.assign(plan.mirrors(), Arrived{});
  for (std::size_t i = 0; i < arrived_.size(); ++i) arrived_[i].count = lengths[own_.size() + i];
  out_.assign(plan.neighbours().size(), {});
  in_.assign(plan.stretches().size(), {});
  auto const mine = rounds_here();
  rounds_ = mine;
  for (auto const& text : plan.communicator().all_gather(std::to_string(mine)))
    rounds_ = std::max(rounds_, static_cast<std::uint32_t>(std::stoul(text)));
  round_ = 0;
}

void RowField::drop_arrived() {
  for (std::size_t k = 0; k < in_.size(); ++k)
    for (auto i = in_[k].first; i < in_[k].last; ++i) arrived_[layout().plan.stretches()[k].first + i] = Arrived{};
  slots_.clear();
}

// A row is the numbers of its entries, each as its difference from the one before: small, as rows ascend; other orders
// are possible, and longer.
void RowField::encode(std::vector<std::uint32_t> const& entries, Window const& window,
                      std::vector<std::byte>& bytes) const {
  std::uint64_t n = 0;
  for (auto i = window.first; i < window.last; ++i) n += own_[entries[i]].size();
  bytes.resize(1 + n * base::most_varint_bytes / 2);
  std::size_t at = 1;
  for (auto i = window.first; i < window.last; ++i) {
    std::uint64_t before = 0;
    for (auto const entry : own_[entries[i]]) {
      if (bytes.size() - at < base::most_varint_bytes) bytes.resize(2 * bytes.size() + base::most_varint_bytes);
      auto const number = number_of(marked_ ? entry & ~mark : entry);
      auto const delta = number - before;  // modulo 2^64
      auto const value = marked_ ? delta << 1U | entry >> 31U : delta;
      at = static_cast<std::size_t>(base::put_varint(bytes.data() + at, value) - bytes.data());
      before = number;
    }
  }
  bytes[0] = std::byte{0};
  bytes.resize(at);
}

// The rows of mirrors [first, last).
void RowField::decode(std::span<std::byte const> bytes, std::uint32_t first, std::uint32_t last) {
  auto const* from = bytes.data();
  auto const* const end = from + bytes.size();
  for (auto mirror = first; mirror < last; ++mirror) {
    auto& arrived = arrived_[mirror];
    arrived.first = slots_.size();
    std::uint64_t number = 0;
    for (std::uint32_t k = 0; k < arrived.count; ++k) {
      std::uint64_t value = 0;
      from = base::take_varint(from, end, value);
      if (from == nullptr) throw InternalError(__FILE__, __LINE__, "rows of a field arrived damaged");
      number = marked_ ? (number + (value >> 1U)) & ~std::uint64_t{0} >> 1U : number + value;
      auto const slot = slot_of(number);
      if (slot == base::RankedBitmap::absent) continue;
      slots_.push_back(marked_ && (value & 1U) != 0 ? slot | mark : slot);
    }
    arrived.count = static_cast<std::uint32_t>(slots_.size() - arrived.first);
  }
}

void RowField::exchange(std::vector<std::uint8_t> const&, bool) {
  if (round_ == rounds_) begin();
  auto const& plan = layout().plan;
  drop_arrived();
  std::vector<int> ranks;
  std::vector<std::size_t> stretches;
  for (std::size_t k = 0; k < in_.size(); ++k) {
    auto const& stretch = plan.stretches()[k];
    in_[k] = {in_[k].last, end_of_round(in_[k].last, stretch.count,
                                        [&](std::uint32_t i) { return arrived_[stretch.first + i].count; })};
    if (in_[k].first == in_[k].last) continue;
    ranks.push_back(stretch.rank);
    stretches.push_back(k);
  }
  messages_.expect(ranks);
  std::vector<std::vector<std::byte>> buffers(out_.size());
  for (std::size_t k = 0; k < out_.size(); ++k) {
    auto const& neighbour = plan.neighbours()[k];
    auto const n = static_cast<std::uint32_t>(neighbour.entries.size());
    out_[k] = {out_[k].last,
               end_of_round(out_[k].last, n, [&](std::uint32_t i) { return own_[neighbour.entries[i]].size(); })};
    if (out_[k].first == out_[k].last) continue;
    encode(neighbour.entries, out_[k], buffers[k]);
    messages_.send(neighbour.rank, buffers[k]);
  }
  messages_.finish([](std::size_t, std::byte, std::uint64_t) -> std::byte* { return nullptr; },
                   [&](std::size_t i, std::byte, std::span<std::byte const> body) {
                     auto const k = stretches[i];
                     auto const first = plan.stretches()[k].first;
                     decode(body, first + in_[k].first, first + in_[k].last);
                   });
  ++round_;
}

}  // namespace pel::engine
