#include <fmt/core.h>

#include <cstdio>
#include <map>
#include <system_error>

#include "launch/app_options.hpp"
#include "launch/drill.hpp"
#include "launch/run_directory.hpp"
#include "launch/run_request.hpp"
#include "launch/verbs.hpp"
#include "pel/error.hpp"

namespace pel::launch {
namespace {

constexpr int passed = static_cast<int>(ExitCode::done);
constexpr char const* purpose =
    "Shows that a job of an app survives: kills a rank, resumes on fewer and on more ranks, tears a file of the "
    "newest\n"
    "checkpoint, and compares the answers' bits. Options of the app stand after its name; without any it gets a small\n"
    "input. Exit 0: all as promised; 1: not so; else that of the first run, which no fault has disturbed.";

std::vector<base::OptionInfo> const& drill_options() {
  static std::vector<base::OptionInfo> const options{
      {.name = "ranks", .value = "R", .fallback = "4", .help = "of the job that is killed, also -n R"},
      {.name = "runs", .value = "DIR", .fallback = "runs", .help = "where the drill makes its folder"},
      {.name = "keep", .help = "keep the folder with the drill's runs"},
      {.name = "help", .help = "print this and stop"}};
  return options;
}

// Small inputs of the apps that come with PEL; any other app is drilled as it is.
std::vector<std::string> small_input(std::string const& app) {
  static std::map<std::string, std::vector<std::string>> const inputs{
      {"pagerank", {"--graph=rmat:scale=12", "--undirected", "--iterations=12"}},
      {"word_count", {"--input=text:bytes=2M"}}};
  auto const found = inputs.find(app);
  return found == inputs.end() ? std::vector<std::string>() : found->second;
}

int partitions_of(std::vector<AppOption> const& options, std::vector<std::string> const& arguments) {
  std::string text = "64";
  for (auto const& option : options)
    if (option.info.name == "partitions") text = option.info.fallback;
  for (auto const& given : given_options(arguments, options).options)
    if (given.name == "partitions") text = given.values.back();
  return static_cast<int>(base::to_integer("partitions", text, 1, 1 << 24));
}

}  // namespace

int verb_drill(Tokens const& tokens) {
  auto const split = split_tokens(tokens, drill_options());
  VerbOptions options("drill APP", purpose, split.own);
  std::map<std::string, std::string> given;
  for (auto const& info : drill_options())
    if (info.name != "help") given[info.name] = options.take(info);
  if (options.answered()) return passed;
  if (split.app.empty()) throw UsageError("pel drill", "the app is missing");
  auto const program = find_app(split.app);
  auto const known = ask_app(program);
  DrillPlan plan{.app = program.string(), .arguments = split.rest, .folder = {}};
  if (plan.arguments.empty()) plan.arguments = small_input(program.filename().string());
  plan.partitions = partitions_of(known, plan.arguments);
  plan.ranks = static_cast<int>(base::to_integer("ranks", given["ranks"], 1, plan.partitions));
  auto const errors = given_options(plan.arguments, known).errors;
  if (!errors.empty()) throw Refused(errors, static_cast<int>(ExitCode::usage));
  auto const folder =
      make_run_at(std::filesystem::path(given["runs"]) / new_run_id("drill-" + program.filename().string()));
  plan.folder = folder.path;
  int const code = Drill(plan).run();
  std::error_code ignored;
  if (code == passed && given["keep"].empty()) std::filesystem::remove_all(folder.path, ignored);
  return code;
}

}  // namespace pel::launch
