// Aggregates of many kinds against a fold in one loop.
#include "pel/aggregate.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "run_kernel.hpp"

namespace {

using pel::Both;
using pel::Max;
using pel::Min;
using pel::Partition;
using pel::partition_id;
using pel::Sum;
using pel::Top;
using pel::Vote;
using pel::base::mix64;
using pel::test::run_kernel;
using pel::test::shapes;

constexpr int supersteps = 4;

using Ranked = std::pair<double, std::string>;

// A monoid of a user's: the order of folding is the order of the text.
struct Train {
  std::string cars;
  Train& operator+=(Train const& other) {
    cars += other.cars;
    return *this;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "cars", cars); }
};

// Another one, without serialize(): it travels and is stored as it lies in memory.
struct Affine {
  std::uint64_t a = 1, b = 0;
  Affine& operator+=(Affine const& other) {
    b = other.a * b + other.b;
    a *= other.a;
    return *this;
  }
};

// Of widely differing sizes and both signs: the sum depends on the order.
double number_of(std::uint64_t draw) {
  return static_cast<double>(static_cast<std::int64_t>(mix64(draw) >> (draw % 40))) * (draw % 2 == 0 ? 1 : -1);
}

std::string text_of(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%a", value);
  return text.data();
}
std::string text_of(int value) { return std::to_string(value); }
std::string text_of(Ranked const& value) { return text_of(value.first) + "=" + value.second; }
std::string text_of(Train const& train) { return "[" + train.cars + "]"; }
std::string text_of(Affine const& map) { return std::to_string(map.a) + "x+" + std::to_string(map.b); }
template <class A>
std::string text_of(A const& aggregate) {
  if constexpr (requires { aggregate.second; }) {
    return text_of(aggregate.first) + "&" + text_of(aggregate.second);
  } else if constexpr (requires { aggregate.value.begin(); }) {
    std::string text = std::to_string(aggregate.value.size()) + ":";
    for (auto const& item : aggregate.value) text += text_of(item) + ";";
    return text.size() < 500 ? text : std::to_string(pel::base::hash_text(text));
  } else {
    return text_of(aggregate.value);
  }
}

template <class A>
struct Make;
template <>
struct Make<Sum<double>> {
  static Sum<double> from(std::uint64_t draw) { return {number_of(draw)}; }
};
template <>
struct Make<Min<int>> {
  static Min<int> from(std::uint64_t draw) { return {static_cast<int>(draw % 2000) - 1000}; }
};
template <>
struct Make<Max<double>> {
  static Max<double> from(std::uint64_t draw) { return {number_of(draw)}; }
};
template <>
struct Make<Sum<std::vector<double>>> {
  static Sum<std::vector<double>> from(std::uint64_t draw) {
    std::vector<double> values(draw % 5);
    for (auto& value : values) value = number_of(draw = mix64(draw));
    return {values};
  }
};
template <>
struct Make<Top<3, Ranked>> {
  static Top<3, Ranked> from(std::uint64_t draw) {
    Top<3, Ranked> top;
    for (std::uint64_t i = 0; i < draw % 6; ++i)
      top.add({static_cast<double>(mix64(draw + i) % 9), "v" + std::to_string(i)});
    return top;
  }
};
template <>
struct Make<Train> {
  static Train from(std::uint64_t draw) { return {std::to_string(draw % 97) + "-"}; }
};
template <>
struct Make<Affine> {
  static Affine from(std::uint64_t draw) { return {mix64(draw) | 1U, mix64(draw + 1)}; }
};
template <class A, class B>
struct Make<Both<A, B>> {
  static Both<A, B> from(std::uint64_t draw) { return {Make<A>::from(draw), Make<B>::from(mix64(draw))}; }
};

// What a partition contributes in a superstep, call by call; every fourth does not.
template <class A>
std::vector<A> contributions(std::size_t partition, std::int64_t superstep) {
  auto const draw = mix64(mix64(partition + 1) + static_cast<std::uint64_t>(superstep));
  std::vector<A> all;
  if ((partition + static_cast<std::size_t>(superstep)) % 4 == 3) return all;
  for (std::uint64_t i = 0; i <= draw % 3; ++i) all.push_back(Make<A>::from(mix64(draw + i)));
  return all;
}

// Notes the aggregate that it sees in each superstep.
template <class A>
class Observer {
 public:
  using Message = pel::NoMessage;
  using Aggregate = A;
  explicit Observer(Partition part) : part_(part) {}

  Vote superstep(pel::Superstep<Observer>& step) {
    seen_.push_back(text_of(step.aggregate()));
    for (auto const& mine : contributions<A>(part_.index(), step.number())) step.contribute(mine);
    return step.number() + 1 < supersteps ? Vote::go_on : Vote::halt;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "seen", seen_); }
  void write(pel::Output& out) const { out.column("seen", seen_); }

 private:
  Partition part_;
  std::vector<std::string> seen_;
};

template <class A>
A folded(std::uint32_t partitions, std::int64_t superstep) {
  A all{};
  for (std::uint32_t p = 0; p < partitions; ++p) {
    A mine{};
    auto const calls = contributions<A>(p, superstep);
    for (auto const& one : calls) mine += one;
    if (!calls.empty()) all += mine;
  }
  return all;
}

template <class A>
void check() {
  for (auto const& shape : shapes()) {
    auto const ran = run_kernel(shape.options(), [](Partition p) { return Observer<A>(p); });

    // All partitions see the same, a superstep late; in the first the default value.
    std::string seen = text_of(A{}) + "\n", expected;
    for (int s = 0; s + 1 < supersteps; ++s) seen += text_of(folded<A>(shape.partitions, s)) + "\n";
    for (std::uint32_t p = 0; p < shape.partitions; ++p) expected += seen;
    CAPTURE(shape.partitions);
    CAPTURE(shape.threads);
    CHECK(ran.text == expected);
    CHECK(text_of(ran.aggregate) == text_of(folded<A>(shape.partitions, supersteps - 1)));
  }
}

// Contributes a long vector.
class Wide {
 public:
  using Message = pel::NoMessage;
  using Aggregate = Sum<std::vector<double>>;
  static constexpr std::size_t width = 20'000;  // 160,000 bytes, more than goes with one collective
  explicit Wide(Partition part) : part_(part) {}

  static double value(std::size_t partition, std::int64_t superstep, std::size_t i) {
    return number_of(mix64(partition * 7 + i) + static_cast<std::uint64_t>(superstep));
  }
  Vote superstep(pel::Superstep<Wide>& step) {
    if (step.number() > 0) sizes_.push_back(static_cast<std::int64_t>(step.aggregate().value.size()));
    Aggregate mine{std::vector<double>(step.number() == 1 ? 3 : width)};  // wide, narrow, wide
    for (std::size_t i = 0; i < mine.value.size(); ++i) mine.value[i] = value(part_.index(), step.number(), i);
    step.contribute(mine);
    return step.number() < 2 ? Vote::go_on : Vote::halt;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "sizes", sizes_); }
  void write(pel::Output& out) const { out.column("sizes", sizes_); }

 private:
  Partition part_;
  std::vector<std::int64_t> sizes_;
};

}  // namespace

TEST_CASE("sums of doubles have the bits of a fold from partition 0 up") { check<Sum<double>>(); }
TEST_CASE("sums of vectors count shorter ones as filled up with zeros") { check<Sum<std::vector<double>>>(); }
TEST_CASE("the least and the greatest of all partitions are found") {
  check<Min<int>>();
  check<Max<double>>();
}
TEST_CASE("the greatest few of all partitions are found, those of lower partitions first") { check<Top<3, Ranked>>(); }
TEST_CASE("two aggregates go side by side") { check<Both<Sum<double>, Both<Top<3, Ranked>, Max<double>>>>(); }
TEST_CASE("a user's monoid that is not commutative is folded in the order of partitions") {
  check<Train>();
  check<Affine>();
}

TEST_CASE("an aggregate of more than 64 KiB arrives whole, also after a small one") {
  auto const ran = run_kernel({"--partitions", "8"}, [](Partition p) { return Wide(p); });

  bool right = ran.aggregate.value.size() == Wide::width;
  for (std::size_t i = 0; right && i < Wide::width; ++i) {
    double sum = 0;
    for (std::size_t p = 0; p < 8; ++p) sum += Wide::value(p, 2, i);
    right = ran.aggregate.value[i] == sum;
  }
  CHECK(right);
  std::string expected;
  for (int p = 0; p < 8; ++p) expected += "20000\n3\n";
  CHECK(ran.text == expected);
}

TEST_CASE("an aggregate to which nothing was added is neutral") {
  CHECK(Sum<double>{}.value == 0);
  CHECK(Min<int>{}.value == std::numeric_limits<int>::max());
  CHECK(Min<double>{}.value == std::numeric_limits<double>::infinity());
  CHECK(Max<int>{}.value == std::numeric_limits<int>::lowest());
  CHECK(Max<double>{}.value == -std::numeric_limits<double>::infinity());
  CHECK((Min<int>{} += Min<int>{7}).value == 7);
  CHECK((Max<double>{} += Max<double>{-7}).value == -7);
}

TEST_CASE("the top few keep the earlier of equal ones and drop the least") {
  Top<2, std::pair<int, char>> top;
  for (auto const& [n, c] :
       {std::pair(1, 'a'), std::pair(3, 'b'), std::pair(2, 'c'), std::pair(3, 'a'), std::pair(0, 'd')})
    top.add({n, c});
  CHECK(top.value == std::vector<std::pair<int, char>>{{3, 'b'}, {3, 'a'}});

  top += Top<2, std::pair<int, char>>{{{9, 'z'}, {3, 'b'}}};
  CHECK(top.value == std::vector<std::pair<int, char>>{{9, 'z'}, {3, 'b'}});
}
