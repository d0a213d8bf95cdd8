#include "data/text_file.hpp"

#include <cstring>
#include <span>
#include <utility>

#include "base/digest.hpp"
#include "data/shared_output.hpp"

namespace pel::data {
namespace {

struct Told {
  std::uint64_t bytes, elements;
  base::Digest digest;
};

}  // namespace

void TextFile::take(Step& step, std::string text, std::uint64_t elements) {
  contribute(step, Told{text.size(), elements, base::digest_of(std::as_bytes(std::span(text)))});
  texts_[step.slot] = std::move(text);
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
    file.write_at(offsets_[step.partition().index()], std::as_bytes(std::span(texts_[step.slot])));
  });
  file.publish();
}

}  // namespace pel::data
