// Which names of inputs stand for generated rows.
#pragma once

#include <memory>
#include <string>

#include "data/generated_rows.hpp"

namespace pel::data {

// What `tera:…`, `points:…` and `reads:…` stand for; none for any other name. Throws: UsageError.
[[nodiscard]] std::shared_ptr<GeneratedRows const> generated_input(std::string const& name);

}  // namespace pel::data
