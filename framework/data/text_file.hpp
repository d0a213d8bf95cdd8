// A text of which each partition has its part.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/flow.hpp"

namespace pel::data {

class TextFile {
 public:
  explicit TextFile(Flow& flow) : flow_(flow), texts_(flow.slots()) {}

  // In a superstep: the partition's text of so many elements, of which all learn the size and the digest.
  void take(Step& step, std::string text, std::uint64_t elements);
  void learn(Contributions all);
  [[nodiscard]] std::uint64_t elements() const noexcept { return elements_; }  // of all partitions
  // Writes the file. Collective: all ranks. Throws: WriteFailed.
  void write(std::string const& path);

 private:
  Flow& flow_;
  std::vector<std::string> texts_;      // by slot
  std::vector<std::uint64_t> offsets_;  // by partition, and the size of all
  std::uint64_t elements_ = 0;
};

}  // namespace pel::data
