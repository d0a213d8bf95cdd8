#include "data/text_pieces.hpp"

#include <utility>

#include "engine/memory.hpp"

namespace pel::data {

TextPieces::TextPieces() noexcept = default;
TextPieces::TextPieces(std::shared_ptr<engine::Memory> memory, std::string beside) noexcept
    : memory_(std::move(memory)), beside_(std::move(beside)) {}
TextPieces::TextPieces(TextPieces&& other) noexcept { swap(other); }
TextPieces& TextPieces::operator=(TextPieces&& other) noexcept {
  swap(other);
  return *this;
}

TextPieces::~TextPieces() {
  if (memory_) memory_->let_go_text(in_memory_);
}

void TextPieces::add(std::string piece) {
  bytes_ += piece.size();
  in_memory_ += piece.size();
  memory_->keep_text(piece.size());
  pieces_.push_back(std::move(piece));
  if (memory_->keeps_too_much() || (memory_->has_much_text() && !beside_.empty())) spill();
}

void TextPieces::spill() {
  bool const within_budget = !memory_->keeps_too_much();
  if (!on_disk_) {
    counts_ = !within_budget;
    on_disk_ = PackedRun<std::string>(within_budget ? memory_->file_of_texts(beside_) : memory_->file_of_runs());
  }
  for (auto const& piece : pieces_) on_disk_.add(piece);
  pieces_.clear();
  if (counts_) memory_->count_dataset(in_memory_);
  memory_->let_go_text(std::exchange(in_memory_, 0));
}

void TextPieces::show(base::FunctionRef<void(std::string_view)> use) const {
  on_disk_.show(use);
  for (auto const& piece : pieces_) use(piece);
}

void TextPieces::swap(TextPieces& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(beside_, other.beside_);
  std::swap(counts_, other.counts_);
  std::swap(on_disk_, other.on_disk_);
  std::swap(pieces_, other.pieces_);
  std::swap(bytes_, other.bytes_);
  std::swap(in_memory_, other.in_memory_);
}

}  // namespace pel::data
