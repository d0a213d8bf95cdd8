#include "data/table_rows.hpp"

#include <vector>

#include "engine/result_datasets.hpp"

namespace pel::data {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20U;

using Sink = base::FunctionRef<void(std::uint64_t at, std::span<std::byte const>)>;

std::span<std::byte const> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// Gathers what is small, so that the sink sees blocks.
class Blocks {
 public:
  explicit Blocks(Sink sink) : sink_(sink) { block_.reserve(block_bytes); }

  // A row of `width` bytes that begins with these; the rest of it is zero.
  void add(std::span<std::byte const> bytes, std::uint64_t width) {
    if (width > block_bytes - block_.size()) flush();
    if (width <= block_bytes) {
      block_.insert(block_.end(), bytes.begin(), bytes.end());
      block_.resize(block_.size() + (width - bytes.size()));
    } else {
      if (!bytes.empty()) sink_(at_, bytes);
      at_ += width;
    }
  }
  void flush() {
    if (!block_.empty()) sink_(at_, block_);
    at_ += block_.size();
    block_.clear();
  }

 private:
  Sink sink_;
  std::vector<std::byte> block_;
  std::uint64_t at_ = 0;  // of the block
};

template <class Use>
void for_each_text(TextPieces const& pieces, Use const& use) {
  pieces.show([&](std::string_view piece) {
    while (!piece.empty()) {
      std::uint64_t size = 0;
      std::memcpy(&size, piece.data(), sizeof size);
      use(piece.substr(sizeof size, size));
      piece.remove_prefix(sizeof size + size);
    }
  });
}

}  // namespace

void show_rows(TextPieces const& pieces, engine::ResultDataset const& dataset, std::uint64_t text_bytes, Sink sink) {
  using Content = engine::ResultDataset::Content;
  auto const width = dataset.layout.text_width;
  if (dataset.content == Content::values && width == 0) {
    std::uint64_t at = 0;
    return pieces.show([&](std::string_view piece) {
      sink(at, bytes_of(piece));
      at += piece.size();
    });
  }
  Blocks blocks(sink);
  for_each_text(pieces, [&](std::string_view text) {
    if (dataset.content == Content::values) return blocks.add(bytes_of(text), width);
    if (dataset.content == Content::bytes) return blocks.add(bytes_of(text), text.size());
    text_bytes += text.size();
    blocks.add(std::as_bytes(std::span(&text_bytes, 1)), sizeof text_bytes);
  });
  blocks.flush();
}

}  // namespace pel::data
