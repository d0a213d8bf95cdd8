// The lines of texts as a dataset.
#pragma once

#include <memory>
#include <string>

#include "data/node.hpp"
#include "data/text_input.hpp"

namespace pel::data {

// Each partition has the lines that start in its share of the bytes (see Lines). Files are read again each time the
// lines are asked for. Cost: w = 1 pass over the bytes, h = 0.
[[nodiscard]] std::shared_ptr<Node<std::string>> read_lines(std::shared_ptr<Flow> flow, TextInput const& input);

}  // namespace pel::data
