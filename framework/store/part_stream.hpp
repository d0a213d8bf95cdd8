// Writes a part whose slices are shown one after the other, as they lie in the memory of kernels: for a state of which
// there is no room for a copy. The file is the one that write_part() makes of a copy, but for compression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "store/page_buffer.hpp"
#include "store/part_draft.hpp"
#include "store/part_file.hpp"
#include "store/payload_progress.hpp"
#include "store/payload_writer.hpp"

namespace pel::store {

// What is called is called in this order: sum() of all slices if they are to be compared with an earlier part, begin(),
// write() of all slices, finish(). Different slices may be summed or written at the same time.
class PartStream {
 public:
  // The most memory that all lanes take, whatever the size of the state; with more than 512 lanes 64 KiB each.
  static constexpr std::size_t buffer_bytes = std::size_t{32} << 20U;

  PartStream(std::filesystem::path path, PartHeading heading, std::vector<PartitionId> const& partitions,
             std::vector<FieldPlan> const& fields, Milestone reached);
  PartStream(PartStream const&) = delete;
  PartStream& operator=(PartStream const&) = delete;

  // The checksums of a slice: `field` and `slice` number the plans. Requires: the bytes are all of the slice.
  void sum(std::size_t field, std::size_t slice, std::span<std::byte const> bytes);

  // Makes the file. `lanes`: how many threads may write at a time. With `earlier`, slices that have not changed are
  // links, as in write_part(). Throws: WriteFailed; std::bad_alloc; what `reached` throws.
  void begin(std::optional<EarlierPart> const& earlier, std::size_t lanes);

  // Writes a slice to its place, and takes its checksums, before it returns. One call at a time on a lane.
  // Throws: WriteFailed; what `reached` throws.
  void write(std::size_t lane, std::size_t field, std::size_t slice, std::span<std::byte const> bytes);

  // Throws: WriteFailed; what `reached` throws.
  [[nodiscard]] WrittenPart finish();

  // Bytes of memory that all lanes have.
  [[nodiscard]] std::size_t room() const noexcept { return buffer_.capacity(); }

 private:
  struct Lane {
    PayloadWriter payload;
    std::span<std::byte> buffer;
  };
  void put(Lane& lane, std::uint64_t offset, std::span<std::byte const> bytes);

  std::filesystem::path path_;
  PartHeading heading_;
  Milestone reached_;
  PartDraft draft_;
  std::vector<std::uint64_t> sums_;
  std::optional<WritableFile> file_;
  std::unique_ptr<PayloadProgress> progress_;
  PageBuffer buffer_;
  std::deque<Lane> lanes_;
};

}  // namespace pel::store
