// A directory with a file a partition.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/output_file.hpp"

namespace pel::data {

class PartsOutput final : public Output {
 public:
  // Makes the directory, under its temporary name. Collective: all ranks. Throws: on all of them: WriteFailed.
  PartsOutput(Flow& flow, std::string path, OutputContent const& content);
  ~PartsOutput() override;
  PartsOutput(PartsOutput const&) = delete;
  PartsOutput& operator=(PartsOutput const&) = delete;

  void begin(Step& step) override;
  void write(Step& step, std::span<std::byte const> bytes) override;
  void end(Step& step) override;
  void publish() override;

 private:
  class Part;

  Flow& flow_;
  std::string path_, ending_;
  OutputContent const& content_;
  std::vector<std::unique_ptr<Part>> parts_;  // by slot, while its partition is written
  bool published_ = false;
};

}  // namespace pel::data
