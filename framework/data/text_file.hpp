// A text of which each partition has its part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "data/flow.hpp"
#include "data/output_file.hpp"
#include "data/text_pieces.hpp"

namespace pel::data {

class TextFile {
 public:
  // `paths`: where it goes; `ending`: of parts; `head`: stands before all else, in each file. Throws: UsageError for a
  // name of HDF5, which it is not.
  TextFile(Flow& flow, std::vector<std::string> const& paths, std::string ending = ".txt", std::string head = {});

  // In a superstep: the partition's text, piece by piece; with the last one it tells how many elements it is of, and
  // all learn the size and the digest, which is that of one plain file. Throw: WriteFailed.
  void add(Step& step, std::string text);
  void take(Step& step, std::string text, std::uint64_t elements);
  static constexpr std::size_t piece_bytes = std::size_t{1} << 20U;  // worth giving to add()
  void learn(Contributions all);
  [[nodiscard]] std::uint64_t elements() const noexcept { return elements_; }  // of all partitions
  // Writes it, as the path says: see OutputContent. Collective: all ranks. Throws: as make_output().
  void write(std::string const& path);

 private:
  struct Part {
    TextPieces text;
    base::DigestStream digest;
  };

  Flow& flow_;
  OutputContent content_;
  bool is_written_ = false;  // else only size and digest matter
  std::vector<Part> parts_;  // by slot
  std::uint64_t elements_ = 0;
};

// Writes a text that all ranks have alike.
void write_once(Flow& flow, std::vector<std::string> const& paths, std::string const& text);

}  // namespace pel::data
