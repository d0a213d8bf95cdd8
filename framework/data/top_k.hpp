// top_k: the greatest of all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "data/gathered.hpp"

namespace pel::data {

// The k greatest of the elements that are shown to it; of equal ones the first.
template <class T, class Less>
class Greatest {
 public:
  Greatest(std::size_t k, Less const& less) : k_(k), less_(less) {}

  void add(ViewOf<T> const& element) {
    auto const at = seen_++;
    if (k_ == 0) return;
    if (heap_.size() == k_) {
      if (!is_less(heap_.front().element, element)) return;
      std::pop_heap(heap_.begin(), heap_.end(), order());
      heap_.pop_back();
    }
    heap_.push_back({owned<T>(element), at});
    std::push_heap(heap_.begin(), heap_.end(), order());
  }
  // Greatest first.
  [[nodiscard]] std::vector<T> finish() {
    std::sort_heap(heap_.begin(), heap_.end(), order());
    std::vector<T> found;
    for (auto& placed : heap_) found.push_back(std::move(placed.element));
    return found;
  }

 private:
  struct Placed {
    T element;
    std::uint64_t at;
  };
  [[nodiscard]] bool is_less(ViewOf<T> const& a, ViewOf<T> const& b) const { return less_(a, b); }
  // Whether one goes before another: the front of the heap is what goes last.
  [[nodiscard]] auto order() const {
    return [this](Placed const& a, Placed const& b) {
      if (is_less(b.element, a.element)) return true;
      if (is_less(a.element, b.element)) return false;
      return a.at < b.at;
    };
  }

  std::size_t k_;
  Less const& less_;
  std::uint64_t seen_ = 0;
  std::vector<Placed> heap_;
};

// See Stream::top_k.
template <class Source, class Less>
[[nodiscard]] auto top_k(Source source, std::size_t k, Less const& less, std::uint64_t most) {
  using T = typename Source::Element;
  source.prepare();
  std::vector<T> found;
  GatherLimit limit("top_k", most, "top_k(k, less, bytes)");
  source.flow()->superstep(
      "top_k",
      [&](Step& step) {
        Greatest<T, Less> mine(k, less);
        source.run(step, [&](auto const& element) { mine.add(element); });
        Offer<T> offer(step, limit);
        for (auto const& element : mine.finish()) offer.add(element);
        offer.finish();
      },
      [&](Contributions parts) {
        (void)limit.total(parts);
        Greatest<T, Less> all(k, less);
        for (auto const bytes : parts)
          for_each_packed<T>(GatherLimit::elements(bytes), [&](ViewOf<T> const& element) { all.add(element); });
        found = all.finish();
      },
      source.passing());
  return found;
}

}  // namespace pel::data
