// A directory with a file a partition.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/output_file.hpp"
#include "data/unpublished_parts.hpp"

namespace pel::data {

class PartsOutput final : public Output {
 public:
  // Makes the directory, under its temporary name. Collective: all ranks. Throws: on all of them: WriteFailed.
  PartsOutput(Flow& flow, std::string path, OutputContent const& content);
  ~PartsOutput() override;

  void begin(Step& step) override;
  void write(Step& step, std::span<std::byte const> bytes) override;
  void end(Step& step) override;
  void publish() override { directory_.publish(); }

 private:
  class Part;

  OutputContent const& content_;
  std::string ending_;
  UnpublishedParts directory_;
  std::vector<std::unique_ptr<Part>> parts_;  // by slot, while its partition is written
};

}  // namespace pel::data
