// Logistic regression over points whose last number is a label.
#pragma once

#include <optional>
#include <span>

#include "data/logistic_fit.hpp"
#include "pel/iterate.hpp"
#include "pel/points.hpp"

namespace pel {

// For read_points: the last number of each point is a label, 0 or 1.
inline constexpr auto last_is_label = [](std::span<double const> point) -> std::optional<data::PointProblem> {
  if (point.back() == 0 || point.back() == 1) return std::nullopt;
  return data::PointProblem{point.size() - 1, text_of(point.back(), " is no label: expected 0 or 1")};
};

}  // namespace pel
