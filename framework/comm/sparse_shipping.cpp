#include "comm/sparse_shipping.hpp"

#include <algorithm>
#include <cstring>

#include "base/element_size.hpp"

namespace pel::comm {
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

void SparseShipping::encode_owned(Piece const& piece, std::byte const* values, base::Bitmap const& changed,
                                  std::vector<std::byte>& bytes) const {
  auto const entries = owned_of(piece);
  auto const& mirrored = plan_.mirrored_by(piece.peer);
  auto const first = entries.front(), last = entries.back() + 1;
  auto const count = mirrored.count_in(changed, first, last);
  base::for_element_size(element_bytes_, [&](auto size) {
    encode(
        piece.count, count, size,
        [&](auto const& visit) {
          mirrored.for_each_in(changed, first, last, [&](std::size_t owned, std::uint32_t at) {
            visit(at - piece.first, values + owned * size);
          });
        },
        bytes);
  });
}

void SparseShipping::encode_mirrors(Piece const& piece, std::byte const* values, base::Bitmap const& changed,
                                    std::vector<std::byte>& bytes) const {
  auto const first = std::size_t{mirror_of(piece)};
  auto const last = first + piece.count;
  base::for_element_size(element_bytes_, [&](auto size) {
    encode(
        piece.count, changed.count(first, last), size,
        [&](auto const& visit) {
          changed.for_each(first, last,
                           [&](std::size_t i) { visit(static_cast<std::uint32_t>(i - first), values + i * size); });
        },
        bytes);
  });
}

void SparseShipping::take_mirrors(Piece const& piece, SparseEntries const& part, std::byte* values,
                                  base::Bitmap& changed) const {
  auto const first = std::size_t{mirror_of(piece)};
  base::for_element_size(element_bytes_, [&](auto size) {
    part.for_each(size, [&](std::uint32_t position, std::byte const* value) {
      std::memcpy(values + (first + position) * size, value, size);
      changed.set(first + position);
    });
  });
}

void SparseShipping::take_owned(Piece const& piece, SparseEntries const& part, Take const& take) {
  auto const entries = owned_of(piece);
  taken_.reserve(most_taken);
  taken_values_.resize(most_taken * element_bytes_);
  taken_.clear();
  base::for_element_size(element_bytes_, [&](auto size) {
    part.for_each(size, [&](std::uint32_t position, std::byte const* value) {
      std::memcpy(taken_values_.data() + taken_.size() * size, value, size);
      taken_.push_back(entries[position]);
      if (taken_.size() < most_taken) return;
      take(taken_, taken_values_.data());
      taken_.clear();
    });
  });
  if (!taken_.empty()) take(taken_, taken_values_.data());
}

void SparseShipping::forward(std::byte* values, base::Bitmap& changed) {
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
          auto const first = std::size_t{mirror_of(piece)};
          if (!is_plain(head)) return take_mirrors(piece, {head, body, piece.count, element_bytes_}, values, changed);
          auto* const to = values + first * element_bytes_;
          if (body.data() != to) std::memcpy(to, body.data(), body.size());  // else it came to its place
          changed.set_range(first, first + piece.count);
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
                       take_owned(piece, {head, body, piece.count, element_bytes_}, take);
                     });
  }
}

}  // namespace pel::comm
