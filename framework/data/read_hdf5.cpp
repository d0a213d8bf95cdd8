#include "data/read_hdf5.hpp"

#include <cmath>
#include <string>

namespace pel::data {
namespace {

class Hdf5Points final : public KeepingNode<Point> {
 public:
  Hdf5Points(std::shared_ptr<Flow> flow, Hdf5Rows rows, PointCheck wanted)
      : KeepingNode(std::move(flow)), rows_(std::move(rows)), wanted_(std::move(wanted)) {
    rows_.must_be(base::ElementType::f64, false, rows_.width());
  }

 private:
  void read(Step& step, Sink sink) override {
    auto const range = rows_.share(step.partition());
    auto row = range.begin;
    rows_.read(range, [&](std::span<std::byte const> bytes) {
      Points const points({reinterpret_cast<double const*>(bytes.data()), bytes.size() / sizeof(double)},
                          rows_.width());
      for (auto const point : points) check(point, row++);
      sink(points);
    });
  }
  void check(std::span<double const> point, std::uint64_t row) const {
    for (std::size_t i = 0; i < point.size(); ++i)
      if (!std::isfinite(point[i])) refuse(row, i, "a number that is not finite");
    if (!wanted_) return;
    if (auto const problem = wanted_(point)) refuse(row, problem->number, problem->why);
  }
  [[noreturn]] void refuse(std::uint64_t row, std::size_t number, std::string const& problem) const {
    rows_.refuse(row, "column " + std::to_string(number) + ": " + problem);
  }

  Hdf5Rows rows_;
  PointCheck wanted_;
};

}  // namespace

std::shared_ptr<Node<Point>> read_hdf5_points(std::shared_ptr<Flow> flow, Hdf5Rows rows, PointCheck check) {
  return std::make_shared<Hdf5Points>(std::move(flow), std::move(rows), std::move(check));
}

}  // namespace pel::data
