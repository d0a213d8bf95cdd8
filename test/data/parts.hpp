// Datasets of elements that a test lays into partitions itself, and what lies in the partitions of others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/gathered.hpp"
#include "pel/dataset.hpp"
#include "word_oracle.hpp"

namespace pel::test {

// Shows what it was given, each time it is asked.
template <class T>
class GivenNode final : public data::Node<T> {
 public:
  using typename data::Node<T>::Sink;
  GivenNode(std::shared_ptr<data::Flow> flow, Parts<T> const& parts) : data::Node<T>(std::move(flow)) {
    for (auto const& part : parts) {
      auto& column = columns_.emplace_back();
      for (auto const& element : part) column.add(element);
    }
  }
  void prepare(bool) override {}
  void show(data::Step& step, Sink sink) override { data::show_blocks(columns_[step.partition().index()], sink); }

 private:
  std::vector<data::Column<T>> columns_;
};

// Requires: as many parts as the job has partitions.
template <class T>
[[nodiscard]] Dataset<T> given(Job& job, Parts<T> const& parts) {
  return Dataset<T>(std::make_shared<GivenNode<T>>(flow_of(job), parts));
}

// The elements of each partition. Collective: all ranks.
template <class Run>
[[nodiscard]] auto parts_of(Stream<Run> stream) {
  using T = typename Run::Element;
  auto source = std::move(stream).run();
  source.prepare();
  Parts<T> parts;
  source.flow()->superstep(
      "look",
      [&](data::Step& step) {
        source.run_blocks(step, [&](data::BlockOf<T> block) {
          for (auto const& element : block) data::append_packed<T>(*step.frame.contribution, element);
        });
      },
      [&](data::Contributions all) {
        for (auto const bytes : all) {
          auto& part = parts.emplace_back();
          data::for_each_packed<T>(bytes, [&](auto const& element) { part.push_back(data::owned<T>(element)); });
        }
      },
      source.passing());
  return parts;
}

template <class T>
[[nodiscard]] std::vector<T> all_of(Parts<T> const& parts) {
  std::vector<T> all;
  for (auto const& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// Cut into equal parts.
template <class T>
[[nodiscard]] Parts<T> in_equal_parts(std::vector<T> const& all, std::size_t partitions) {
  Parts<T> parts;
  for (std::size_t p = 0; p < partitions; ++p) {
    auto const share = data::share_of(all.size(), p, partitions);
    parts.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(share.begin),
                       all.begin() + static_cast<std::ptrdiff_t>(share.end));
  }
  return parts;
}

// Numbers in odd ways: none; one; all in one partition; all equal; one of ten hot; in parts of 0 to 70.
[[nodiscard]] inline std::vector<Parts<std::int64_t>> odd_layouts(std::uint32_t partitions) {
  Parts<std::int64_t> const none(partitions);
  std::vector<Parts<std::int64_t>> layouts(6, none);
  layouts[1].back() = {-101};
  std::uint64_t n = 0;
  auto const next = [&] { return static_cast<std::int64_t>(base::mix64(++n) % 200) - 100; };
  for (int i = 0; i < 3000; ++i) {
    layouts[2][3].push_back(next());
    layouts[3][static_cast<std::size_t>(i) % partitions].push_back(7);
    layouts[4][base::mix64(n) % partitions].push_back(i % 10 == 3 ? next() : 42);
  }
  for (std::uint32_t p = 0; p < partitions; ++p)
    for (auto size = base::mix64(p) % 5 == 0 ? 0 : base::mix64(p + 99) % 71; size > 0; --size)
      layouts[5][p].push_back(next());
  return layouts;
}

// The same as texts, of which one is empty and one has 1 MiB.
[[nodiscard]] inline Parts<std::string> as_texts(Parts<std::int64_t> const& numbers) {
  Parts<std::string> texts(numbers.size());
  for (std::size_t p = 0; p < numbers.size(); ++p)
    for (auto const number : numbers[p])
      texts[p].push_back(number == 42     ? ""
                         : number == -101 ? std::string(std::size_t{1} << 20U, 'x')
                                          : std::to_string(number));
  return texts;
}

}  // namespace pel::test
