// Text inputs: a list of sources (files, generators, the machine's package descriptions) as one run of bytes, of which
// each partition reads the lines that start in its share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/function_ref.hpp"
#include "data/byte_range.hpp"
#include "pel/error.hpp"
#include "pel/partition.hpp"

namespace pel::data {

class GeneratedRows;

// A line of more bytes is refused: it is no text, and would have to be held whole.
inline constexpr std::size_t longest_line = std::size_t{16} << 20;

// One source: a file that is read where needed, text that is held in memory (and shared by copies), or rows that are
// made where needed.
struct TextSource {
  std::string name;                             // as the user wrote it, for messages
  std::uint64_t size = 0;                       // bytes
  std::shared_ptr<std::string const> held;      // the text itself, or null
  std::size_t max_line = longest_line;          // bytes of a line at most, without its end
  std::shared_ptr<GeneratedRows const> made{};  // what makes its bytes; null, and not held: a file, read with pread
};

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
[[nodiscard]] constexpr std::string_view without_byte_order_mark(std::string_view text) noexcept {
  return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
}

// Of which files, by their names, the first bytes may say that they are packed: of texts. A record may begin with any
// bytes.
using Sniffed = bool (*)(std::string_view path);
[[nodiscard]] inline bool always_sniffed(std::string_view /*path*/) { return true; }
[[nodiscard]] inline bool never_sniffed(std::string_view /*path*/) { return false; }

// The file of that path; if it is packed with gzip or zstd (by its name or, where it is sniffed, its first bytes), its
// content, unpacked and held.
// Throws: MissingInput, BadData.
[[nodiscard]] TextSource open_text_file(std::string const& path, Sniffed sniffed = always_sniffed);

// Adds the text of the source. Throws: MissingInput if the file has vanished; BadData if it became shorter.
void add_text_of(TextSource const& source, base::DigestStream& digest);

// The sources in order, as given on the command line. A value; copies share what is held in memory.
class TextInput {
 public:
  TextInput() = default;
  explicit TextInput(std::vector<TextSource> sources);
  // The same with longer lines.
  [[nodiscard]] TextInput with_max_line(std::size_t bytes) const;

  // Opens what the names say: a file, a directory (its regular files in byte order of their names, none below), a glob
  // (matches in byte order), each also packed with gzip or zstd; `text:bytes=200M,seed=1`, a generated text;
  // `tera:n=4M`, `points:n=2M`, `reads:n=1M` (generated_input.hpp), rows that are made where they are read: what they
  // hold is what a file of records, of doubles, or a FASTA file would.
  // `debian:` must have been replaced by the caller, who knows which process may ask the machine (see debian.hpp).
  // Throws: MissingInput, naming all that are missing (an empty directory and a glob without a match are, too);
  // BadData for a damaged .gz or .zst; UsageError for a bad generator.
  [[nodiscard]] static TextInput open(std::vector<std::string> const& names, Sniffed sniffed = always_sniffed);

  [[nodiscard]] std::vector<TextSource> const& sources() const noexcept { return sources_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  // Calls use(number of the source, offset in it, size) for what a range of the bytes of all sources has of each.
  void for_each_source(ByteRange range,
                       base::FunctionRef<void(std::size_t source, std::uint64_t offset, std::uint64_t size)> use) const;
  // Pieces of at most 8 MiB, each of one source, in order: all of them but those that are made.
  struct Piece {
    std::size_t source = 0;
    std::uint64_t at = 0;
    std::size_t size = 0;
  };
  [[nodiscard]] std::vector<Piece> pieces() const;
  // XXH3-128 of its bytes. Throws: MissingInput if a file has vanished; BadData if it became shorter.
  [[nodiscard]] base::Digest digest_of(Piece const& piece) const;
  // XXH3-128 over the sizes of the sources, what makes those that are made, and the digests of all pieces, in
  // hexadecimal; names of files do not count.
  [[nodiscard]] std::string digest(std::span<base::Digest const> of_pieces) const;

 private:
  std::vector<TextSource> sources_;
  std::uint64_t size_ = 0;
};

// What refuses a line of a source that is longer than it may be. `offset`: of its first byte.
[[nodiscard]] BadData too_long(TextSource const& source, std::uint64_t offset);

// The lines of one partition: those that *start* in [N p / P, N (p + 1) / P) of the N bytes of the input, in order.
// A line never spans two sources; its newline, and one carriage return before it, are dropped; a byte order mark at the
// start of a source too (a source of nothing else has no line). Every line is in exactly one partition, whatever P;
// partitions may have none. The view is valid until the iterator moves on. Reads with pread in blocks of 256 KiB.
// Throws (from begin() and ++): MissingInput if a file has vanished; BadData if one became shorter, or for a line that
// is too long.
// Example: "aa\nb\n", P = 2, N = 5: partition 0 has bytes 0 and 1, so "aa"; partition 1 has 2, 3, 4, so "b".
class Lines {
 public:
  Lines(TextInput input, Partition part);

  class Iterator {
   public:
    [[nodiscard]] std::string_view operator*() const noexcept { return line_; }
    Iterator& operator++() {
      next();
      return *this;
    }
    friend bool operator!=(Iterator const& a, std::nullptr_t) noexcept { return !a.at_end_; }

   private:
    friend class Lines;
    struct Reader;
    void next();
    std::shared_ptr<Reader> reader_;
    std::string_view line_;
    bool at_end_ = true;
  };

  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] std::nullptr_t end() const noexcept { return nullptr; }

 private:
  TextInput input_;
  Partition part_;
};

}  // namespace pel::data
