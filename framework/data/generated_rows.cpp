#include "data/generated_rows.hpp"

#include <algorithm>
#include <vector>

namespace pel::data {

void GeneratedRows::read_at(std::uint64_t offset, std::span<char> to) const {
  auto number = offset / row_bytes_;
  auto skipped = static_cast<std::size_t>(offset % row_bytes_);
  std::vector<char> whole;  // a row of which only a part is wanted
  for (; !to.empty(); ++number) {
    auto const n = std::min(row_bytes_ - skipped, to.size());
    if (n == row_bytes_) {
      make(number, to.first(n));
    } else {
      whole.resize(row_bytes_);
      make(number, whole);
      std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(skipped), n, to.begin());
    }
    to = to.subspan(n);
    skipped = 0;
  }
}

}  // namespace pel::data
