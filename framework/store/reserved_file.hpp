// A small file that can be replaced even when the disk has become full meanwhile.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace pel::store {

// Holds a second file beside its own, PATH.spare-TAG, whose bytes are on the disk already. Where there is no room for a
// new file the text is written there in place, and the two change their names; where the file system cannot exchange
// names it is one rename, and the space of what was replaced is taken again. (A file system that never writes in place
// may want new space all the same.) Used from one thread at a time.
class ReservedFile {
 public:
  // Removes what earlier ones of this path have left. `tag`: no two processes at a time may have the same.
  // Throws: WriteFailed.
  ReservedFile(std::filesystem::path path, std::string const& tag, std::size_t bytes);
  ~ReservedFile();
  ReservedFile(ReservedFile const&) = delete;
  ReservedFile& operator=(ReservedFile const&) = delete;

  // As replace_file(), and if that fails, by the spare file, where blanks fill the text up to the bytes that are
  // reserved. Throws: WriteFailed if both fail, as for a text longer than that; then the old file is still there.
  void replace(std::string const& text, bool durable);

 private:
  void replace_by_spare(std::string text, bool durable) const;
  void reserve(bool durable) const;
  void swap_names() const;

  std::filesystem::path const path_, spare_;
  std::size_t const bytes_;
};

}  // namespace pel::store
