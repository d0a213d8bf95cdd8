// A text of which each partition has its part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "data/flow.hpp"
#include "data/packed_run.hpp"

namespace pel::data {

class TextFile {
 public:
  explicit TextFile(Flow& flow);
  ~TextFile();
  TextFile(TextFile const&) = delete;
  TextFile& operator=(TextFile const&) = delete;

  // In a superstep: the partition's text, piece by piece; with the last one it tells how many elements it is of, and
  // all learn the size and the digest. Throw: WriteFailed.
  void add(Step& step, std::string text);
  void take(Step& step, std::string text, std::uint64_t elements);
  static constexpr std::size_t piece_bytes = std::size_t{1} << 20U;  // worth giving to add()
  void learn(Contributions all);
  [[nodiscard]] std::uint64_t elements() const noexcept { return elements_; }  // of all partitions
  // Writes the file. Collective: all ranks. Throws: WriteFailed.
  void write(std::string const& path);

 private:
  struct Part {
    PackedRun<std::string> on_disk;   // pieces, where there are too many for memory
    std::vector<std::string> pieces;  // behind those
    std::uint64_t bytes = 0, in_memory = 0;
    base::DigestStream digest;
  };
  void spill(Part& part);

  Flow& flow_;
  std::shared_ptr<engine::Memory> memory_;
  std::vector<Part> parts_;             // by slot
  std::vector<std::uint64_t> offsets_;  // by partition, and the size of all
  std::uint64_t elements_ = 0;
};

}  // namespace pel::data
