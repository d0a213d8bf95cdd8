#include "launch/app_options.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/nearest.hpp"
#include "launch/process.hpp"
#include "pel/error.hpp"

namespace pel::launch {
namespace {

namespace fs = std::filesystem;

constexpr double answer_seconds = 20;  // a cold start from a network file system

std::vector<std::string> programs_beside() {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(own_folder(), error), end; !error && it != end; it.increment(error))
    if (find_program(it->path().string())) names.push_back(it->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

bool is_option(std::string const& token) {
  auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return token.starts_with("--") || (token.size() > 1 && token[0] == '-' && letter(token[1]));
}

// One walk over a command line, token by token.
class Walk {
 public:
  Walk(std::vector<std::string> const& tokens, std::vector<AppOption> const& options)
      : tokens_(tokens), options_(options) {}

  GivenOptions whole() {
    bool after_dashes = false;
    while (at_ < tokens_.size()) {
      auto const& token = tokens_[at_];
      if (!after_dashes && token == "--")
        after_dashes = true;
      else if (!after_dashes && is_option(token))
        option(token);
      else
        bare(token);
      ++at_;
    }
    return found_;
  }

 private:
  void option(std::string const& token) {
    auto const equals = token.find('=');
    auto const name = token.substr(0, equals);
    auto const known = std::find_if(options_.begin(), options_.end(),
                                    [&](AppOption const& each) { return "--" + each.info.name == name; });
    if (known == options_.end()) return unknown(name);
    auto const& info = known->info;
    bool const attached = equals != std::string::npos;
    if (info.value.empty() && attached) found_.errors.push_back(name + ": takes no value");
    if (attached) return give(info.name, token.substr(equals + 1));
    if (info.value.empty() || info.value_optional) return give(info.name, info.value.empty() ? "true" : info.value);
    if (at_ + 1 >= tokens_.size() || tokens_[at_ + 1].starts_with("--")) {
      found_.errors.push_back(fmt::format("{}: needs a value: {}={}", name, name, info.value));
      return;
    }
    give(info.name, tokens_[++at_]);
    while (info.may_repeat && info.positional && at_ + 1 < tokens_.size() && !is_option(tokens_[at_ + 1]))
      give(info.name, tokens_[++at_]);
  }

  [[nodiscard]] bool is_given(std::string const& name) const {
    return std::any_of(found_.options.begin(), found_.options.end(),
                       [&](GivenOption const& each) { return each.name == name; });
  }

  void give(std::string const& name, std::string const& value) {
    for (auto& each : found_.options)
      if (each.name == name) return each.values.push_back(value);
    found_.options.push_back({.name = name, .values = {value}});
  }

  void unknown(std::string const& name) {
    std::vector<std::string> names;
    for (auto const& each : options_) names.push_back("--" + each.info.name);
    auto const close = base::nearest(name, names);
    found_.errors.push_back(name + ": unknown option" + (close.empty() ? "" : " (did you mean " + close + "?)"));
  }

  void bare(std::string const& token) {
    for (auto const& each : options_) {
      if (!each.info.positional) continue;
      if (is_given(each.info.name) && !each.info.may_repeat) continue;
      return give(each.info.name, token);
    }
    found_.errors.push_back(token + ": unexpected argument");
  }

  std::vector<std::string> const& tokens_;
  std::vector<AppOption> const& options_;
  std::size_t at_ = 0;
  GivenOptions found_;
};

}  // namespace

fs::path own_folder() {
  std::error_code error;
  auto const self = fs::read_symlink("/proc/self/exe", error);
  if (error) throw SystemError("/proc/self/exe", error.value(), error.message());
  return self.parent_path();
}

fs::path find_app(std::string const& name) {
  std::vector<std::string> candidates{(own_folder() / name).string(), name};
  if (name.find('/') != std::string::npos) candidates = {name};
  for (auto const& candidate : candidates)
    if (auto const found = find_program(candidate)) return fs::absolute(*found);
  if (name.find('/') != std::string::npos) throw UsageError(name, "no program there that can be executed");
  throw UsageError(name, "no app of that name beside pel or in PATH", base::nearest(name, programs_beside()));
}

std::vector<AppOption> parse_app_options(std::string const& json) {
  std::vector<AppOption> options;
  try {
    auto const whole = nlohmann::json::parse(json);
    for (auto const& each : whole.at("options")) {
      AppOption option{.info = {.name = each.at("name"),
                                .value = each.at("value"),
                                .fallback = each.at("fallback"),
                                .help = each.at("help")},
                       .engine = each.at("engine")};
      option.info.required = each.at("required");
      option.info.positional = each.at("positional");
      option.info.may_repeat = each.at("may_repeat");
      option.info.value_optional = each.at("value_optional");
      options.push_back(option);
    }
  } catch (nlohmann::json::exception const& error) {
    throw BadData("--print-options", 0, 0, -1, error.what());
  }
  return options;
}

std::vector<AppOption> ask_app(fs::path const& program) {
  auto const answer = ask({.arguments = {program.string(), "--print-options"},
                           .unset = {"PEL_FAULT", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"}},
                          answer_seconds);
  try {
    if (answer.code == 0) return parse_app_options(answer.out);
  } catch (BadData const&) {
  }
  throw UsageError(program.string(), "is no program of PEL: it does not answer --print-options");
}

GivenOptions given_options(std::vector<std::string> const& tokens, std::vector<AppOption> const& options) {
  return Walk(tokens, options).whole();
}

}  // namespace pel::launch
