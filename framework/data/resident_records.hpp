// Records of files where they lie, in the page cache: for verbs that would otherwise hold a copy of them all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/function_ref.hpp"
#include "data/mapped_file.hpp"
#include "data/text_input.hpp"
#include "pel/partition.hpp"

namespace pel::data {

// As RecordReader, but what it shows stays where it is as long as this lives. May be read by several threads at once.
class ResidentRecords {
 public:
  // None where one of the files cannot be mapped, and where rows are generated. Throws: MissingInput if one has
  // vanished.
  [[nodiscard]] static std::shared_ptr<ResidentRecords const> of(TextInput const& input, std::size_t record_bytes);

  // Shows the partition's records in order, in pieces: those of one file are one. Throws: BadData if one became
  // shorter.
  void read(Partition part, base::FunctionRef<void(std::span<std::byte const>)> sink) const;
  // The same error for records that were seen later.
  void check() const;

 private:
  ResidentRecords(TextInput input, std::size_t record_bytes);

  TextInput input_;
  std::size_t record_bytes_;
  std::vector<std::unique_ptr<MappedFile>> files_;  // by source; none of those that are held in memory
};

}  // namespace pel::data
