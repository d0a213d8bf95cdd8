// Files of records of one size, or generators of such.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/function_ref.hpp"
#include "data/byte_range.hpp"
#include "data/resident_records.hpp"
#include "data/text_input.hpp"
#include "pel/partition.hpp"

namespace pel::data {

// The records of all sources in a row, by number. Partition p has those with numbers in [N p / P, N (p + 1) / P).
class RecordReader {
 public:
  // Requires: record_bytes > 0. Throws: BadData for a source that is no whole number of records; UsageError for a
  // generator of rows of another size.
  RecordReader(TextInput input, std::size_t record_bytes);

  [[nodiscard]] std::uint64_t records() const noexcept { return input_.size() / record_bytes_; }
  [[nodiscard]] std::size_t record_bytes() const noexcept { return record_bytes_; }
  [[nodiscard]] std::size_t block_bytes() const noexcept;  // of a block that read() shows, but for the last of a file
  [[nodiscard]] ByteRange share(Partition part) const noexcept { return share_of(records(), part.index(), part.count); }

  // Shows the partition's records in order, in blocks of about 256 KiB, aligned as operator new aligns, valid during
  // the call. Throws: MissingInput if a file has vanished; BadData if one became shorter.
  void read(Partition part, base::FunctionRef<void(std::span<std::byte const>)> sink) const;
  // Fills `to` with records from number `first` on. Throws: as above.
  void read_at(std::uint64_t first, std::span<std::byte> to) const;
  // The same where they lie, none where that cannot be. Throws: MissingInput if a file has vanished.
  [[nodiscard]] std::shared_ptr<ResidentRecords const> resident() const;
  // Throws: BadData naming the file and the offset of a byte of a record.
  [[noreturn]] void refuse(std::uint64_t record, std::size_t byte, std::string const& problem) const;

 private:
  TextInput input_;
  std::size_t record_bytes_;
};

}  // namespace pel::data
