#include <cstdio>
#include <utility>

#include "launch/verbs.hpp"

namespace pel::launch {
namespace {

base::OptionTable table_of(Tokens const& tokens) {
  std::vector<char const*> arguments{"pel"};
  for (auto const& token : tokens) arguments.push_back(token == "-n" ? "--ranks" : token.c_str());
  return {static_cast<int>(arguments.size()), arguments.data()};
}

}  // namespace

VerbOptions::VerbOptions(std::string verb, std::string purpose, Tokens const& tokens)
    : verb_(std::move(verb)), purpose_(std::move(purpose)), table_(table_of(tokens)) {
  base::OptionInfo const help{.name = "help", .help = "print this and stop"};
  table_.announce({help});
  (void)table_.take(help);
}

std::string VerbOptions::take(base::OptionInfo const& info) {
  auto const values = table_.take(info);
  return values.empty() ? info.fallback : values.back();
}

bool VerbOptions::answered() const {
  if (!table_.asks_for("help")) {
    table_.close();
    return false;
  }
  std::fputs(table_.help("pel " + verb_, purpose_).c_str(), stdout);
  return true;
}

}  // namespace pel::launch
