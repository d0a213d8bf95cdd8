// The options of a program as JSON: what --print-options answers, and what the launcher checks job files against.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/option_table.hpp"

namespace pel::engine {

// The first `own` options are the app's own, the others the engine's, which every app has.
// Example: {"app": "pagerank", "options": [{"name": "damping", "value": "X", "fallback": "0.85", "help": "…",
// "required": false, "positional": false, "may_repeat": false, "value_optional": false, "engine": false}]}
[[nodiscard]] std::string option_list(std::string const& app, std::vector<base::OptionInfo> const& options,
                                      std::size_t own);

}  // namespace pel::engine
