#include "engine/mail.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pel::engine {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20U;  // of a write

// Gathers bytes for the end of a file that nobody else writes.
class Appender {
 public:
  explicit Appender(store::SpillFile& file) : file_(file), end_(file.size()), buffer_(piece_bytes) {}

  // Returns where they will lie.
  std::uint64_t add(std::span<std::byte const> bytes) {
    auto const begin = end_;
    end_ += bytes.size();
    while (!bytes.empty()) {
      auto const n = std::min(bytes.size(), buffer_.size() - filled_);
      std::memcpy(buffer_.data() + filled_, bytes.data(), n);
      filled_ += n;
      bytes = bytes.subspan(n);
      if (filled_ == buffer_.size()) flush();
    }
    return begin;
  }
  void flush() {
    if (filled_ > 0) (void)file_.append({buffer_.data(), filled_});
    filled_ = 0;
  }

 private:
  store::SpillFile& file_;
  std::uint64_t end_;
  base::Block buffer_;
  std::size_t filled_ = 0;
};

}  // namespace

void Mail::spill(Memory& memory, base::BlockPool& pool) {
  if (memory_ == 0) return;
  if (!file_) file_ = memory.new_file();
  Appender to(*file_);
  for (std::size_t slot = 0; slot < segments_.size(); ++slot) {
    auto& stored = stored_[slot];
    stored.file_ = file_.get();
    for (auto const& segment : segments_[slot]) {
      stored.extents_.push_back({segment.from, segment.count, segment.bytes.size(), to.add(segment.bytes)});
      stored.count_ += segment.count;
      stored.bytes_ += segment.bytes.size();
    }
    segments_[slot].clear();
  }
  to.flush();
  memory.count_dataset(memory_);
  memory_ = 0;
  for (auto& block : blocks_) pool.give(std::move(block));
  blocks_.clear();
  pool.trim();
}

void Mail::finish() {
  auto const by_source = [](auto const& a, auto const& b) { return a.from < b.from; };
  for (auto& segments : segments_) std::stable_sort(segments.begin(), segments.end(), by_source);
  for (auto& stored : stored_) std::stable_sort(stored.extents_.begin(), stored.extents_.end(), by_source);
}

void Mail::clear(base::BlockPool& pool) {
  for (auto& segments : segments_) segments.clear();
  for (auto& block : blocks_) pool.give(std::move(block));
  blocks_.clear();
  for (auto& stored : stored_) stored = {};
  file_.reset();
  memory_ = 0;
}

}  // namespace pel::engine
