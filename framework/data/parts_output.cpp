#include "data/parts_output.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include "data/packing.hpp"
#include "store/file.hpp"
#include "store/parts_directory.hpp"

namespace pel::data {

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
    : content_(content),
      ending_(content.ending + ending_of(packing_of(store::directory_of_parts(path).native()))),
      directory_(flow, std::move(path)),
      parts_(flow.slots()) {}

PartsOutput::~PartsOutput() = default;

void PartsOutput::begin(Step& step) {
  auto& mine = parts_[step.slot];
  mine = std::make_unique<Part>(directory_.part(step.partition(), ending_), packing_of(ending_));
  mine->write(std::as_bytes(std::span(content_.head)));
}

void PartsOutput::write(Step& step, std::span<std::byte const> bytes) { parts_[step.slot]->write(bytes); }

void PartsOutput::end(Step& step) {
  parts_[step.slot]->close();
  parts_[step.slot].reset();
}

}  // namespace pel::data
