#include "data/text_file.hpp"

#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace pel::data {
namespace {

struct Told {
  std::uint64_t bytes, elements;
  base::Digest digest;
};

}  // namespace

TextFile::TextFile(Flow& flow, std::vector<std::string> const& paths, std::string ending, std::string head)
    : flow_(flow), content_{std::move(ending), std::move(head), {}}, parts_(flow.slots()) {
  for (auto const& path : paths) must_not_be_hdf5(path);
  is_written_ = !paths.empty();
  auto const beside = existing_directory_of(paths);
  for (auto& part : parts_) part.text = TextPieces(flow.memory(), beside);
}

void TextFile::add(Step& step, std::string text) {
  auto& part = parts_[step.slot];
  if (part.text.bytes() == 0 && step.partition().index() == 0) part.digest.add(std::as_bytes(std::span(content_.head)));
  part.digest.add(std::as_bytes(std::span(text)));
  if (is_written_)
    part.text.add(std::move(text));
  else
    part.text.pass(text.size());
}

void TextFile::take(Step& step, std::string text, std::uint64_t elements) {
  add(step, std::move(text));
  auto& part = parts_[step.slot];
  part.text.finish();
  contribute(step, Told{part.text.bytes(), elements, part.digest.finish()});
}

void TextFile::learn(Contributions all) {
  content_.offsets.assign(1, 0);
  for (auto const bytes : all) {
    Told told{};
    std::memcpy(&told, bytes.data(), sizeof told);
    content_.offsets.push_back(content_.offsets.back() + told.bytes);
    elements_ += told.elements;
    flow_.add_to_digest(told.digest);
  }
}

void TextFile::write(std::string const& path) {
  auto const file = make_output(flow_, path, content_);
  flow_.superstep("write_file", [&](Step& step) {
    file->begin(step);
    parts_[step.slot].text.show([&](std::string_view piece) { file->write(step, std::as_bytes(std::span(piece))); });
    file->end(step);
  });
  file->publish();
}

void write_once(Flow& flow, std::vector<std::string> const& paths, std::string const& text) {
  TextFile file(flow, paths);
  flow.superstep(
      "write_once", [&](Step& step) { file.take(step, step.partition().index() == 0 ? text : std::string(), 0); },
      [&](Contributions all) { file.learn(all); });
  for (auto const& path : paths) file.write(path);
}

}  // namespace pel::data
