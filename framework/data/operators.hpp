// The operators that verbs take where they are given none. Those of the standard's come with <functional>, which takes
// every program that uses datasets more memory to compile than all of these verbs.
#pragma once

namespace pel::data {

struct Plus {
  template <class A, class B>
  [[nodiscard]] constexpr auto operator()(A const& a, B const& b) const {
    return a + b;
  }
};

struct Less {
  template <class A, class B>
  [[nodiscard]] constexpr bool operator()(A const& a, B const& b) const {
    return a < b;
  }
};

}  // namespace pel::data
