// Rows of HDF5 datasets as a dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

#include "base/element_row.hpp"
#include "data/hdf5_rows.hpp"
#include "data/keeping.hpp"
#include "data/read_points.hpp"

namespace pel::data {

// T: a number, or an std::array of numbers. Asked for a second time they are kept.
template <class T>
class Hdf5Node final : public KeepingNode<T> {
  static_assert(base::Row<T>::typed && !std::is_same_v<T, bool>,
                "pel: rows of HDF5 are numbers, or std::array of numbers");

 public:
  using typename Node<T>::Sink;
  // Throws: BadData for rows of another type or width.
  Hdf5Node(std::shared_ptr<Flow> flow, Hdf5Rows rows) : KeepingNode<T>(std::move(flow)), rows_(std::move(rows)) {
    auto const shape = base::Row<T>::shape();
    rows_.must_be(base::Row<T>::type, shape.empty(), shape.empty() ? 1 : shape.front());
  }

 private:
  void read(Step& step, Sink sink) override {
    rows_.read(rows_.share(step.partition()), [&](std::span<std::byte const> bytes) {
      sink(std::span(reinterpret_cast<T const*>(bytes.data()), bytes.size() / sizeof(T)));
    });
  }
  Hdf5Rows rows_;
};

// Rows of doubles as points; asked for a second time they are kept. Throws: BadData for rows of another type; in the
// superstep that reads for a number that is not finite, and where `check` finds a problem.
[[nodiscard]] std::shared_ptr<Node<Point>> read_hdf5_points(std::shared_ptr<Flow> flow, Hdf5Rows rows,
                                                            PointCheck check);

}  // namespace pel::data
