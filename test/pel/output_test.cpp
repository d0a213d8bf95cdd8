// What a kernel's write() may hand to columns: ranges of values, also ones that make their values as they go.
#include "pel/output.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

// The values made(0), made(1), … made(n - 1), each by value when it is asked for.
template <class Value>
class Made {
 public:
  class Iterator {
   public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    Iterator(Value (*made)(int), int at) : made_(made), at_(at) {}
    Value operator*() const { return made_(at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return {made_, at_++}; }
    bool operator==(Iterator const& other) const { return at_ == other.at_; }

   private:
    Value (*made_)(int) = nullptr;
    int at_ = 0;
  };

  Made(Value (*made)(int), int n) : made_(made), n_(n) {}
  [[nodiscard]] Iterator begin() const { return {made_, 0}; }
  [[nodiscard]] Iterator end() const { return {made_, n_}; }

 private:
  Value (*made_)(int);
  int n_;
};

// The text that write() gives as partition 0 of 1.
template <class Write>
std::string written(Write const& write) {
  pel::engine::ResultColumns columns;
  pel::Output out(columns, {pel::partition_id(0), 1});
  write(out);
  return columns.text();
}

// On the heap, so that a text read after its end is not what it was.
std::string long_name(int i) { return std::string(40, static_cast<char>('a' + i)); }

}  // namespace

TEST_CASE("texts that a range makes one by one are taken before they end") {
  Made<std::string> const names(long_name, 3);

  auto const text = written([&](pel::Output& out) { out.column("name", names); });

  CHECK(text == long_name(0) + "\n" + long_name(1) + "\n" + long_name(2) + "\n");
}

TEST_CASE("numbers that a range makes one by one are taken, bits of a vector<bool> too") {
  Made<double> const halves(
      +[](int i) { return i / 2.0; }, 3);

  auto const text = written([&](pel::Output& out) {
    out.column("half", halves).column("is", std::vector{true, false, true});
  });

  CHECK(text == "0 1\n0.5 0\n1 1\n");
}

TEST_CASE("texts of every kind are a column of texts") {
  std::vector<char const*> const literals{"a", "", "c"};
  std::deque<std::string_view> const views{"x", "y", "z"};

  auto const text = written([&](pel::Output& out) { out.column("literal", literals).column("view", views); });

  CHECK(text == "a x\n y\nc z\n");
}

TEST_CASE("the pairs of a map are lines") {
  std::map<std::string, int> const counts{{"the", 2}, {"a", 1}};

  CHECK(written([&](pel::Output& out) { out.lines(counts); }) == "a 1\nthe 2\n");
}
