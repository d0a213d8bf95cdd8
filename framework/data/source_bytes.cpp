#include "data/source_bytes.hpp"

namespace pel::data {

SourceBytes::SourceBytes(TextSource const& source) : made_(source.made) {
  if (!made_) file_.emplace(source.name);
}

void SourceBytes::read_at(std::uint64_t offset, std::span<char> to) const {
  if (made_)
    made_->read_at(offset, to);
  else
    file_->read_at(offset, to);
}

}  // namespace pel::data
