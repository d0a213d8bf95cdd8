// The parameters in LDBC's .properties, read with nothing of the product's readers.
#pragma once

#include <fstream>
#include <map>
#include <string>

namespace pel::test {

// By the two last words of their names: {"bfs.source-vertex", "7"}, and "directed" by that word alone. Empty if there
// is no such file.
[[nodiscard]] inline std::map<std::string, std::string> ldbc_parameters(std::string const& stem) {
  std::map<std::string, std::string> found;
  std::ifstream file(stem + ".properties");
  for (std::string line; std::getline(file, line);) {
    auto const equals = line.find(" = ");
    if (line.starts_with('#') || equals == std::string::npos) continue;
    auto key = line.substr(0, equals);
    auto const last = key.rfind('.');
    auto const before = last == std::string::npos ? last : key.rfind('.', last - 1);
    key = key.substr(key.ends_with(".directed") ? last + 1 : before == std::string::npos ? 0 : before + 1);
    found[key] = line.substr(equals + 3);
  }
  return found;
}

}  // namespace pel::test
