#include "data/parts_output.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include "data/packing.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "store/file.hpp"
#include "store/parts_directory.hpp"

namespace pel::data {

using engine::Site;

// One file, being written.
class PartsOutput::Part {
 public:
  Part(std::filesystem::path path, Packing packing) : file_(store::WritableFile::create(std::move(path))) {
    if (packing != Packing::none) packer_.emplace(packing);
  }
  void write(std::span<std::byte const> bytes) {
    if (!packer_) return append(bytes);
    packer_->add(bytes, [this](std::span<std::byte const> piece) { append(piece); });
  }
  void close() {
    if (packer_) packer_->finish([this](std::span<std::byte const> piece) { append(piece); });
    file_.close();
  }

 private:
  void append(std::span<std::byte const> bytes) {
    file_.write_at(at_, bytes);
    at_ += bytes.size();
  }

  store::WritableFile file_;
  std::optional<Packer> packer_;
  std::uint64_t at_ = 0;
};

PartsOutput::PartsOutput(Flow& flow, std::string path, OutputContent const& content)
    : flow_(flow), path_(std::move(path)), content_(content) {
  parts_.resize(flow_.slots());  // the beginning of a run tries its outputs, and removes what it tried
  ending_ = content.ending + ending_of(packing_of(store::directory_of_parts(path_).native()));
  auto& world = flow_.job().world();
  try {
    world.together(Site::publish, "create", [&] {
      if (world.rank() == 0) store::create_parts(path_);
    });
  } catch (...) {  // another rank failed, and there will be no destructor
    if (world.rank() == 0) store::discard_parts(path_);
    throw;
  }
}

PartsOutput::~PartsOutput() {
  parts_.clear();
  if (!published_ && flow_.job().world().rank() == 0) store::discard_parts(path_);
}

void PartsOutput::begin(Step& step) {
  auto const part = step.partition();
  auto& mine = parts_[step.slot];
  mine = std::make_unique<Part>(store::temporary_part(path_, store::part_name(part.index(), part.count, ending_)),
                                packing_of(ending_));
  mine->write(std::as_bytes(std::span(content_.head)));
}

void PartsOutput::write(Step& step, std::span<std::byte const> bytes) { parts_[step.slot]->write(bytes); }

void PartsOutput::end(Step& step) {
  parts_[step.slot]->close();
  parts_[step.slot].reset();
}

void PartsOutput::publish() {
  auto& world = flow_.job().world();
  world.together(Site::publish, "publish", [&] {
    if (world.rank() == 0) store::publish_parts(path_);
  });
  published_ = true;
}

}  // namespace pel::data
