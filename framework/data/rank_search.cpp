#include "data/rank_search.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "pel/error.hpp"

namespace pel::data {

RankSearch::RankSearch(Range const& range, std::vector<double> const& quantiles)
    : unknown_(static_cast<int>(std::bit_width(range.least ^ range.most))) {
  for (auto const q : quantiles) {
    auto const nth = std::max(1.0, std::ceil(q * static_cast<double>(range.n)));
    wanted_.push_back({std::min(range.n, static_cast<std::uint64_t>(nth)) - 1, upper(range.least)});
  }
  next_bits();
}

std::vector<std::uint64_t> RankSearch::empty_counts() const {
  return std::vector<std::uint64_t>(beginnings_.size() << static_cast<unsigned>(bits_));
}

void RankSearch::learn(std::vector<std::uint64_t> const& counts) {
  auto const below = unknown_ - bits_;
  for (auto& [rank, beginning] : wanted_) {
    auto const at = std::lower_bound(beginnings_.begin(), beginnings_.end(), beginning) - beginnings_.begin();
    auto bucket = static_cast<std::size_t>(at) << static_cast<unsigned>(bits_);
    std::uint64_t next = 0;
    for (; rank >= counts[bucket]; ++bucket, ++next) rank -= counts[bucket];
    beginning |= next << static_cast<unsigned>(below);
  }
  unknown_ = below;
  next_bits();
}

std::vector<std::uint64_t> RankSearch::heads() const {
  std::vector<std::uint64_t> found;
  for (auto const& wanted : wanted_) found.push_back(wanted.beginning);
  return found;
}

// 13 bits, fewer where there are many beginnings.
void RankSearch::next_bits() {
  beginnings_.clear();
  for (auto const& wanted : wanted_) beginnings_.push_back(wanted.beginning);
  std::sort(beginnings_.begin(), beginnings_.end());
  beginnings_.erase(std::unique(beginnings_.begin(), beginnings_.end()), beginnings_.end());
  auto const room = 18 - static_cast<int>(std::bit_width(beginnings_.size()));
  bits_ = std::min(unknown_, std::clamp(room, 4, 13));
}

void put_counts(Step& step, std::vector<std::uint64_t> const& counts) {
  for (std::uint64_t at = 0; at < counts.size(); ++at) {
    if (counts[at] == 0) continue;
    contribute(step, at);
    contribute(step, counts[at]);
  }
}

void add_counts(std::vector<std::uint64_t>& counts, Contributions all) {
  for (auto const bytes : all)
    for (std::size_t from = 0; from < bytes.size(); from += 2 * sizeof(std::uint64_t)) {
      std::array<std::uint64_t, 2> pair{};
      std::memcpy(pair.data(), bytes.data() + from, sizeof pair);
      counts[pair[0]] += pair[1];
    }
}

void check_quantiles(std::vector<double> const& which) {
  for (auto const q : which)
    if (!(q >= 0 && q <= 1)) throw Misuse("quantiles: " + std::to_string(q) + " is not between 0 and 1");
}

}  // namespace pel::data
