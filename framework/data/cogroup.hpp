// cogroup: the elements of two datasets that have one key, as a group of both.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "data/ordered_pipe.hpp"
#include "data/packed.hpp"

namespace pel::data {

// Both sides travel as texts: a letter that tells the side, and the element packed.
inline constexpr char left_side = 'l', right_side = 'r';

// The start of a pipe that makes such texts.
template <class T, char side>
struct PackSide {
  [[nodiscard]] auto operator()(Step&) const {
    return [text = std::string()](ViewOf<T> const& element, auto& sink) mutable {
      text.resize(1 + packed_size<T>(element));
      text[0] = side;
      pack<T>(element, reinterpret_cast<std::byte*>(text.data() + 1));
      sink(std::string_view(text));
    };
  }
};

template <class T>
[[nodiscard]] ViewOf<T> unpack_side(std::string_view text) noexcept {
  auto const* from = reinterpret_cast<std::byte const*>(text.data() + 1);
  return unpack<T>(from);
}

// The key of such a text.
template <class L, class R, class K, class LeftKey, class RightKey>
class KeyOfSide {
  // A view may go on only if it looks at the text, not at an element that is gone.
  template <class T, class Key>
  static constexpr bool in_text =
      !Plain<T> && std::is_same_v<std::invoke_result_t<Key const&, ViewOf<T> const&>, std::string_view>;
  using Result = std::conditional_t<in_text<L, LeftKey> && in_text<R, RightKey>, std::string_view, K>;

 public:
  KeyOfSide(LeftKey left, RightKey right) : left_(std::move(left)), right_(std::move(right)) {}
  [[nodiscard]] Result operator()(std::string_view text) const {
    if (text[0] == left_side) return Result(left_(unpack_side<L>(text)));
    return Result(right_(unpack_side<R>(text)));
  }

 private:
  LeftKey left_;
  RightKey right_;
};

// Those of a group that are of one side: a forward range.
template <class T, char side, class Group>
class SideOfGroup {
  using Inner = decltype(std::declval<Group const&>().begin());

 public:
  explicit SideOfGroup(Group const& group) : group_(group) {
    for (auto at = group.begin(); at != group.end(); ++at)
      if ((*at)[0] == side) ++size_;
  }

  class Iterator {
   public:
    using value_type = ViewOf<T>;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(Inner at, Inner end) : at_(at), end_(end) { pass(); }
    [[nodiscard]] ViewOf<T> operator*() const { return unpack_side<T>(*at_); }
    Iterator& operator++() {
      ++at_;
      pass();
      return *this;
    }
    Iterator operator++(int) {
      auto const before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(Iterator const& a, Iterator const& b) { return a.at_ == b.at_; }

   private:
    void pass() {
      while (at_ != end_ && (*at_)[0] != side) ++at_;
    }
    Inner at_{}, end_{};
  };
  [[nodiscard]] Iterator begin() const { return Iterator(group_.begin(), group_.end()); }
  [[nodiscard]] Iterator end() const { return Iterator(group_.end(), group_.end()); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

 private:
  Group const& group_;
  std::size_t size_ = 0;
};

}  // namespace pel::data
