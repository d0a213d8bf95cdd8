// Points: rows of doubles, all of one width that is known when the job runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

#include "data/column.hpp"

namespace pel {

// The element; functions see a row as std::span<double const>, and blocks as Points.
struct Point {};

// A block of rows, one behind the other.
class Points {
 public:
  Points() = default;
  Points(std::span<double const> values, std::size_t width) : values_(values), width_(width) {}

  [[nodiscard]] std::size_t size() const noexcept { return width_ == 0 ? 0 : values_.size() / width_; }
  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
  [[nodiscard]] std::size_t width() const noexcept { return width_; }
  [[nodiscard]] std::span<double const> values() const noexcept { return values_; }
  [[nodiscard]] std::span<double const> operator[](std::size_t i) const noexcept {
    return values_.subspan(i * width_, width_);
  }
  // n of them from the first-th on.
  [[nodiscard]] Points part(std::size_t first, std::size_t n) const noexcept {
    return {values_.subspan(first * width_, n * width_), width_};
  }

  class Iterator {
   public:
    Iterator(Points const* points, std::size_t at) : points_(points), at_(at) {}
    [[nodiscard]] std::span<double const> operator*() const noexcept { return (*points_)[at_]; }
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    friend bool operator==(Iterator const&, Iterator const&) = default;

   private:
    Points const* points_;
    std::size_t at_;
  };
  [[nodiscard]] Iterator begin() const noexcept { return {this, 0}; }
  [[nodiscard]] Iterator end() const noexcept { return {this, size()}; }

 private:
  std::span<double const> values_;
  std::size_t width_ = 0;
};

namespace data {

template <>
struct Seen<Point> {
  using Type = std::span<double const>;
  using Block = Points;
};

template <>
class Column<Point> {
 public:
  void add(std::span<double const> row) {
    width_ = row.size();
    values_.insert(values_.end(), row.begin(), row.end());
  }
  [[nodiscard]] std::size_t size() const noexcept { return width_ == 0 ? 0 : values_.size() / width_; }
  [[nodiscard]] std::span<double const> operator[](std::size_t i) const noexcept { return elements()[i]; }
  [[nodiscard]] std::size_t bytes() const noexcept { return values_.size() * sizeof(double); }
  [[nodiscard]] Points elements() const noexcept { return {values_, width_}; }
  void clear() noexcept { values_.clear(); }

 private:
  std::vector<double> values_;
  std::size_t width_ = 0;
};

template <class Sink>
void show_blocks(Column<Point> const& column, Sink&& sink) {
  auto const all = column.elements();
  for (std::size_t at = 0; at < all.size(); at += block_elements)
    sink(Points(all.values().subspan(at * all.width(), std::min(block_elements, all.size() - at) * all.width()),
                all.width()));
}

}  // namespace data
}  // namespace pel
