// Datasets: the verbs, and where they come from.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/dataset.hpp"
#include "data/read_lines.hpp"
#include "pel/input.hpp"
#include "pel/job.hpp"

namespace pel {

// For sources.
[[nodiscard]] inline std::shared_ptr<data::Flow> const& flow_of(Job& job) {
  if (!job.flow()) job.flow() = std::make_shared<data::Flow>(job.core());
  return job.flow();
}

// The lines of texts (see open_text), in order; each partition has those that start in its share of the bytes.
[[nodiscard]] inline Dataset<std::string> read_lines(Job& job, TextInput input) {
  return Dataset<std::string>(data::read_lines(flow_of(job), std::move(input)));
}
[[nodiscard]] inline Dataset<std::string> read_lines(Job& job, std::vector<std::string> const& names) {
  return read_lines(job, open_text(job, names));
}

}  // namespace pel
