// A part but for its payload: which slices are taken from the epoch before, where all others lie, and the table of
// contents at the end. Who has the bytes puts them there: from a copy (part_writer.cpp), or as they are shown
// (part_stream.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "store/file.hpp"
#include "store/packed_field.hpp"
#include "store/part_file.hpp"
#include "store/part_index.hpp"
#include "store/part_layout.hpp"

namespace pel::store {

// What is called is called in this order: pack, take_from_earlier, create, finish.
class PartDraft {
 public:
  // `path`, `heading` and `reached` outlive it.
  PartDraft(std::filesystem::path const& path, PartHeading const& heading, std::vector<PartitionId> const& partitions,
            std::vector<FieldPlan> const& fields, Milestone const& reached);

  // A field that is written compressed; `packed` outlives the draft.
  void pack(std::size_t field, PackedField const& packed);
  // Finds the slices whose bytes the part before has already, links their files, and makes the rows point there.
  // `sum`: of a block.
  void take_from_earlier(EarlierPart const& earlier, std::function<std::uint64_t(std::size_t)> const& sum);

  // Makes the file, all but its payload and its tables: "skeleton", "allocated". Throws: WriteFailed; what `reached`
  // throws.
  [[nodiscard]] WritableFile create();
  // Tells "payload", writes the tables and fsyncs the file: "part_synced". `sums`: of all blocks, linked ones too.
  // Throws: WriteFailed.
  [[nodiscard]] WrittenPart finish(WritableFile& file, std::vector<std::uint64_t> sums);

  [[nodiscard]] PartIndex const& index() const noexcept { return index_; }
  // The row of a field's slice, both by number.
  [[nodiscard]] std::size_t row_of(std::size_t field, std::size_t slice) const { return first_row_[field] + slice; }
  [[nodiscard]] bool is_packed(std::size_t field) const { return packed_[field] != nullptr; }
  [[nodiscard]] std::size_t blocks() const noexcept { return blocks_; }
  // Bytes that are to be written at the rows' offsets. After create().
  [[nodiscard]] std::uint64_t payload_bytes() const;

 private:
  void find_unchanged(EarlierPart const& earlier, std::function<std::uint64_t(std::size_t)> const& sum);
  [[nodiscard]] bool is_unchanged(EarlierPart const& earlier, std::size_t row, std::size_t old_row,
                                  std::function<std::uint64_t(std::size_t)> const& sum) const;
  [[nodiscard]] std::uint64_t link(EarlierPart const& earlier, std::string const& name, bool is_part);
  void number_rows();
  [[nodiscard]] PartSummary summary(Tables const& encoded, std::uint64_t bytes) const;

  std::filesystem::path const& path_;
  PartHeading const& heading_;
  Milestone const& reached_;
  PartIndex index_;
  std::vector<std::size_t> first_row_;      // by field
  std::size_t blocks_ = 0;                  // of all slices
  std::vector<std::size_t> earlier_row_;    // by row: of the part before, or none
  std::vector<int> age_;                    // by row
  std::vector<FieldRows> rows_here_;        // by field
  std::vector<PackedField const*> packed_;  // by field
  PartLayout layout_;
};

}  // namespace pel::store
