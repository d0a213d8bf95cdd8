#include "data/text_file.hpp"

#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "base/digest.hpp"
#include "data/shared_output.hpp"
#include "engine/memory.hpp"

namespace pel::data {
namespace {

struct Told {
  std::uint64_t bytes, elements;
  base::Digest digest;
};

}  // namespace

TextFile::TextFile(Flow& flow) : flow_(flow), memory_(flow.memory()), parts_(flow.slots()) {}

TextFile::~TextFile() {
  for (auto const& part : parts_) memory_->let_go(part.in_memory);
}

void TextFile::add(Step& step, std::string text) {
  auto& part = parts_[step.slot];
  part.digest.add(std::as_bytes(std::span(text)));
  part.bytes += text.size();
  part.in_memory += text.size();
  memory_->keep(text.size());
  part.pieces.push_back(std::move(text));
  if (memory_->keeps_too_much()) spill(part);
}

void TextFile::spill(Part& part) {
  if (!part.on_disk) part.on_disk = PackedRun<std::string>(memory_->file_of_runs());
  for (auto const& piece : part.pieces) part.on_disk.add(piece);
  part.pieces.clear();
  memory_->count_dataset(part.in_memory);
  memory_->let_go(std::exchange(part.in_memory, 0));
}

void TextFile::take(Step& step, std::string text, std::uint64_t elements) {
  add(step, std::move(text));
  auto& part = parts_[step.slot];
  part.on_disk.finish();
  contribute(step, Told{part.bytes, elements, part.digest.finish()});
}

void TextFile::learn(Contributions all) {
  offsets_.assign(1, 0);
  for (auto const bytes : all) {
    Told told{};
    std::memcpy(&told, bytes.data(), sizeof told);
    offsets_.push_back(offsets_.back() + told.bytes);
    elements_ += told.elements;
    flow_.add_to_digest(told.digest);
  }
}

void TextFile::write(std::string const& path) {
  SharedOutput file(flow_, path, offsets_.back());
  flow_.superstep("write_file", [&](Step& step) {
    auto at = offsets_[step.partition().index()];
    auto const write = [&](std::string_view piece) {
      file.write_at(at, std::as_bytes(std::span(piece)));
      at += piece.size();
    };
    auto const& part = parts_[step.slot];
    part.on_disk.show(write);
    for (auto const& piece : part.pieces) write(piece);
  });
  file.publish();
}

}  // namespace pel::data
