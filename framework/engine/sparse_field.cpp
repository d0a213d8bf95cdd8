#include "engine/sparse_field.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/element_size.hpp"

namespace pel::engine {
namespace {

// Copies those elements whose bit is set.
void copy_word(std::uint64_t word, std::byte const* from, std::byte* to, std::size_t element_bytes) {
  if (~word == 0) {
    std::memcpy(to, from, 64 * element_bytes);
    return;
  }
  base::for_element_size(element_bytes, [&](auto size) {
    for (; word != 0; word &= word - 1) {
      auto const at = static_cast<std::size_t>(std::countr_zero(word)) * size;
      std::memcpy(to + at, from + at, size);
    }
  });
}

}  // namespace

SparseField::SparseField(std::shared_ptr<HaloLayout const> layout, std::size_t element_bytes)
    : SharedField(std::move(layout)),
      element_bytes_(element_bytes),
      front_(std::make_unique<std::byte[]>(this->layout().slots() * element_bytes)),
      back_(std::make_unique<std::byte[]>(std::size_t{this->layout().plan.owned()} * element_bytes)),
      changed_(this->layout().slots()),
      shipping_(this->layout().plan, element_bytes) {
  auto const& first = this->layout().first;
  std::size_t words = 0;
  for (std::size_t slot = 0; slot + 1 < first.size(); ++slot) {
    word_first_.push_back(words);
    words += (std::size_t{first[slot + 1] - first[slot]} + 63) / 64;
  }
  word_first_.push_back(words);
  words_.resize(words);
}

bool SparseField::written() const {
  return std::any_of(words_.begin(), words_.end(), [](std::uint64_t word) { return word != 0; });
}

void SparseField::publish(std::size_t slot) {
  std::size_t at = layout().first[slot];
  for (auto w = word_first_[slot]; w < word_first_[slot + 1]; ++w, at += 64) {
    if (words_[w] == 0) continue;
    copy_word(words_[w], back_.get() + at * element_bytes_, front_.get() + at * element_bytes_, element_bytes_);
    changed_.set_word(at, words_[w]);
    words_[w] = 0;
  }
}

void SparseField::drop(std::size_t slot) {
  std::size_t at = layout().first[slot];
  for (auto w = word_first_[slot]; w < word_first_[slot + 1]; ++w, at += 64) {
    if (words_[w] == 0) continue;
    copy_word(words_[w], front_.get() + at * element_bytes_, back_.get() + at * element_bytes_, element_bytes_);
    words_[w] = 0;
  }
}

void SparseField::exchange(std::vector<std::uint8_t> const& published, bool shipping) {
  changed_.clear();
  if (!shipping) return;
  for (std::size_t slot = 0; slot < published.size(); ++slot) {
    if (published[slot] != 0)
      publish(slot);
    else
      drop(slot);
  }
  shipping_.forward(front_.get(), changed_);
}

void SparseField::drop_unpublished(std::vector<std::size_t> const& slots) {
  for (auto const slot : slots) drop(slot);
}

void SparseField::refresh() {
  std::fill(words_.begin(), words_.end(), std::uint64_t{0});
  layout().plan.ship(front_.get(), element_bytes_);
  changed_.set_range(0, changed_.size());
}

}  // namespace pel::engine
