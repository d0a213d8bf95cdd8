#include "engine/option_list.hpp"

#include <nlohmann/json.hpp>

namespace pel::engine {

std::string option_list(std::string const& app, std::vector<base::OptionInfo> const& options, std::size_t own) {
  auto list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < options.size(); ++i) {
    auto const& info = options[i];
    list.push_back({{"name", info.name},
                    {"value", info.value},
                    {"fallback", info.fallback},
                    {"help", info.help},
                    {"required", info.required},
                    {"positional", info.positional},
                    {"may_repeat", info.may_repeat},
                    {"value_optional", info.value_optional},
                    {"engine", i >= own}});
  }
  return nlohmann::ordered_json{{"app", app}, {"options", list}}.dump(1) + "\n";
}

}  // namespace pel::engine
