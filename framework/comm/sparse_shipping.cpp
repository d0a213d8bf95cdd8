#include "comm/sparse_shipping.hpp"

#include <algorithm>
#include <cstring>

#include "base/element_size.hpp"

namespace pel::comm {
namespace {

// values[at(0)], values[at(1)], … side by side.
template <class At>
void gather(std::vector<std::byte>& gathered, std::byte const* values, std::size_t n, std::size_t element_bytes,
            At const& at) {
  gathered.resize(n * element_bytes);
  base::for_element_size(element_bytes, [&](auto size) {
    auto* to = gathered.data();
    for (std::size_t i = 0; i < n; ++i) std::memcpy(to + i * size, values + std::size_t{at(i)} * size, size);
  });
}

}  // namespace

SparseShipping::SparseShipping(HaloPlan const& plan, std::size_t element_bytes, std::uint64_t piece_bytes)
    : plan_(plan),
      element_bytes_(element_bytes),
      piece_entries_(static_cast<std::uint32_t>(std::max<std::uint64_t>(1, piece_bytes / element_bytes))),
      messages_(plan.communicator()) {
  auto const pieces = [&](std::size_t n) {
    return static_cast<std::uint32_t>((n + piece_entries_ - 1) / piece_entries_);
  };
  for (auto const& neighbour : plan.neighbours()) rounds_ = std::max(rounds_, pieces(neighbour.entries.size()));
  for (auto const& stretch : plan.stretches()) rounds_ = std::max(rounds_, pieces(stretch.count));
}

// The pieces of a round: both ends of a stretch know its length, and so when it is done.
void SparseShipping::cut(std::uint32_t round) {
  owned_pieces_.clear();
  mirror_pieces_.clear();
  auto const first = std::uint64_t{round} * piece_entries_;
  auto const add = [&](std::vector<Piece>& pieces, std::size_t peer, int rank, std::size_t n) {
    if (first >= n) return;
    auto const count = std::min<std::uint64_t>(piece_entries_, n - first);
    pieces.push_back({peer, rank, static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(count)});
  };
  auto const& neighbours = plan_.neighbours();
  for (std::size_t i = 0; i < neighbours.size(); ++i)
    add(owned_pieces_, i, neighbours[i].rank, neighbours[i].entries.size());
  auto const& stretches = plan_.stretches();
  for (std::size_t i = 0; i < stretches.size(); ++i) add(mirror_pieces_, i, stretches[i].rank, stretches[i].count);
}

std::span<std::uint32_t const> SparseShipping::owned_of(Piece const& piece) const {
  return std::span(plan_.neighbours()[piece.peer].entries).subspan(piece.first, piece.count);
}
std::uint32_t SparseShipping::mirror_of(Piece const& piece) const {
  return plan_.owned() + plan_.stretches()[piece.peer].first + piece.first;
}
std::vector<std::byte>& SparseShipping::buffer(std::size_t i) {
  if (buffers_.size() <= i) buffers_.resize(i + 1);
  return buffers_[i];
}

// Fills positions_ with those of entries that have changed: by looking at each, or, where few changed, by looking for
// these, from one to the next in growing steps.
void SparseShipping::find_owned(std::span<std::uint32_t const> entries, base::Bitmap const& changed) {
  if (owned_changed_.size() >= entries.size() / 16) {
    positions_.resize(entries.size());
    std::size_t n = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      positions_[n] = static_cast<std::uint32_t>(i);
      n += changed.test(entries[i]) ? 1U : 0U;
    }
    positions_.resize(n);
    return;
  }
  positions_.clear();
  auto at = entries.begin();
  for (auto const wanted : owned_changed_) {
    auto step = std::ptrdiff_t{1};
    auto end = at;
    while (end != entries.end() && *end < wanted) {
      at = end;
      end += std::min(step, entries.end() - end);
      step *= 2;
    }
    at = std::lower_bound(at, end, wanted);
    if (at == entries.end()) return;
    if (*at == wanted) positions_.push_back(static_cast<std::uint32_t>(at - entries.begin()));
  }
}

void SparseShipping::encode_owned(Piece const& piece, std::byte const* values, base::Bitmap const& changed,
                                  std::vector<std::byte>& bytes) {
  auto const entries = owned_of(piece);
  find_owned(entries, changed);
  gather(gathered_, values, positions_.size(), element_bytes_, [&](std::size_t i) { return entries[positions_[i]]; });
  encode({positions_, gathered_.data(), positions_.size() == entries.size()}, piece.count, element_bytes_, bytes);
}

void SparseShipping::encode_mirrors(Piece const& piece, std::byte const* values, base::Bitmap const& changed,
                                    std::vector<std::byte>& bytes) {
  auto const first = mirror_of(piece);
  positions_.clear();
  changed.for_each(first, std::size_t{first} + piece.count,
                   [&](std::size_t i) { positions_.push_back(static_cast<std::uint32_t>(i - first)); });
  if (positions_.size() == piece.count)
    return encode({positions_, values + first * element_bytes_, true}, piece.count, element_bytes_, bytes);
  gather(gathered_, values, positions_.size(), element_bytes_, [&](std::size_t i) { return first + positions_[i]; });
  encode({positions_, gathered_.data(), false}, piece.count, element_bytes_, bytes);
}

void SparseShipping::take_mirrors(Piece const& piece, SparseValues const& part, std::byte* values,
                                  base::Bitmap& changed) const {
  auto const first = mirror_of(piece);
  auto* const to = values + first * element_bytes_;
  if (part.all) {
    changed.set_range(first, std::size_t{first} + piece.count);
    if (part.values != to) std::memcpy(to, part.values, piece.count * element_bytes_);
    return;
  }
  base::for_element_size(element_bytes_, [&](auto size) {
    for (std::size_t i = 0; i < part.positions.size(); ++i) {
      std::memcpy(to + std::size_t{part.positions[i]} * size, part.values + i * size, size);
      changed.set(first + part.positions[i]);
    }
  });
}

void SparseShipping::take_owned(Piece const& piece, SparseValues const& part, Take const& take) {
  auto const entries = owned_of(piece);
  if (part.all) return take(entries, part.values);
  if (part.positions.empty()) return;
  positions_.clear();
  for (auto const position : part.positions) positions_.push_back(entries[position]);
  take(positions_, part.values);
}

void SparseShipping::forward(std::byte* values, base::Bitmap& changed) {
  owned_changed_.clear();
  if (!plan_.neighbours().empty())
    changed.for_each(0, plan_.owned(), [&](std::size_t i) { owned_changed_.push_back(static_cast<std::uint32_t>(i)); });
  for (std::uint32_t round = 0; round < rounds_; ++round) {
    cut(round);
    ranks_.clear();
    for (auto const& piece : mirror_pieces_) ranks_.push_back(piece.rank);
    messages_.expect(ranks_);
    for (std::size_t i = 0; i < owned_pieces_.size(); ++i) {
      encode_owned(owned_pieces_[i], values, changed, buffer(i));
      messages_.send(owned_pieces_[i].rank, buffers_[i]);
    }
    messages_.finish(
        [&](std::size_t i, std::byte head, std::uint64_t) {
          return is_plain(head) ? values + mirror_of(mirror_pieces_[i]) * element_bytes_ : nullptr;
        },
        [&](std::size_t i, std::byte head, std::span<std::byte const> body) {
          auto const& piece = mirror_pieces_[i];
          if (is_plain(head))
            take_mirrors(piece, {{}, body.data(), true}, values, changed);
          else
            take_mirrors(piece, decode(head, body, piece.count, element_bytes_, scratch_), values, changed);
        });
  }
}

void SparseShipping::backward(std::byte const* values, base::Bitmap const& changed, Take const& take) {
  for (std::uint32_t round = 0; round < rounds_; ++round) {
    cut(round);
    ranks_.clear();
    for (auto const& piece : owned_pieces_) ranks_.push_back(piece.rank);
    messages_.expect(ranks_);
    for (std::size_t i = 0; i < mirror_pieces_.size(); ++i) {
      encode_mirrors(mirror_pieces_[i], values, changed, buffer(i));
      messages_.send(mirror_pieces_[i].rank, buffers_[i]);
    }
    messages_.finish([](std::size_t, std::byte, std::uint64_t) -> std::byte* { return nullptr; },
                     [&](std::size_t i, std::byte head, std::span<std::byte const> body) {
                       auto const& piece = owned_pieces_[i];
                       take_owned(piece, decode(head, body, piece.count, element_bytes_, scratch_), take);
                     });
  }
}

}  // namespace pel::comm
