// The bytes of a source that is not held in memory: of a file, or of a generator.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "data/file.hpp"
#include "data/generated_rows.hpp"
#include "data/text_input.hpp"

namespace pel::data {

// May be read by several threads at once. Requires: the source is not held.
// Throws: MissingInput from the constructor if the file has vanished.
class SourceBytes {
 public:
  explicit SourceBytes(TextSource const& source);

  // Fills `to` with the bytes from `offset` on. Requires: they are not behind the source's end.
  // Throws: BadData if the file has become shorter; SystemError if it cannot be read.
  void read_at(std::uint64_t offset, std::span<char> to) const;

 private:
  std::shared_ptr<GeneratedRows const> made_;
  std::optional<File> file_;  // where it is not made
};

}  // namespace pel::data
