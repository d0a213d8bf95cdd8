// The program `pel`: one verb a call.
#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "base/failure_code.hpp"
#include "base/nearest.hpp"
#include "launch/exit_codes.hpp"
#include "launch/run_request.hpp"
#include "launch/verbs.hpp"
#include "pel/error.hpp"

namespace {

using pel::launch::Tokens;

struct Verb {
  char const* name;
  int (*run)(Tokens const&);
  char const* arguments;
  char const* help;
};

int verb_help(Tokens const& tokens);

constexpr std::array verbs{
    Verb{"run", pel::launch::verb_run, "APP|JOB.toml [-n R] […]", "run an app or a job file, and see it through"},
    Verb{"resume", pel::launch::verb_resume, "[RUN] [-n M]", "go on with a run from its newest checkpoint"},
    Verb{"ls", pel::launch::verb_ls, "", "list the runs"},
    Verb{"show", pel::launch::verb_show, "[RUN]", "what became of a run"},
    Verb{"halt", pel::launch::verb_halt, "[RUN] [--at-step N|--after 30m]", "stop a run with a checkpoint"},
    Verb{"ckpt", pel::launch::verb_ckpt, "ls|verify|prune [RUN|DIR]", "list, check or delete checkpoints"},
    Verb{"drill", pel::launch::verb_drill, "APP [-n R] […]", "kill a rank, resume, tear a file: same answer?"},
    Verb{"help", verb_help, "[exit-codes]", "this, or what the exit codes mean"},
};

void print_help(std::FILE* stream) {
  fmt::print(stream, "pel (PEL {}): starts jobs, watches them, and brings them back\n\nusage: pel VERB …\n\n",
             PEL_VERSION);
  for (auto const& verb : verbs) {
    auto const left = fmt::format("{} {}", verb.name, verb.arguments);
    fmt::print(stream, "  {:<40} {}\n", left, verb.help);
  }
  fmt::print(stream, "\npel VERB --help lists a verb's options; pel run APP --help those of an app.\n");
}

int verb_help(Tokens const& tokens) {
  if (tokens.empty()) {
    print_help(stdout);
    return 0;
  }
  if (tokens[0] == "exit-codes") {
    std::fputs(pel::launch::exit_code_table().c_str(), stdout);
    return 0;
  }
  for (auto const& verb : verbs)
    if (tokens[0] == verb.name) return verb.run({"--help"});
  throw pel::UsageError(tokens[0], "no such page", pel::base::nearest(tokens[0], {"exit-codes"}));
}

int run_verb(Tokens const& tokens) {
  if (tokens.empty()) {
    print_help(stderr);
    return static_cast<int>(pel::ExitCode::usage);
  }
  auto const& name = tokens[0];
  if (name == "--version") {
    fmt::print("pel (PEL {})\n", PEL_VERSION);
    return 0;
  }
  if (name == "--help" || name == "-h") return verb_help({});
  std::vector<std::string> names;
  for (auto const& verb : verbs) {
    if (name == verb.name) return verb.run({tokens.begin() + 1, tokens.end()});
    names.emplace_back(verb.name);
  }
  throw pel::UsageError("pel " + name, "no such verb", pel::base::nearest(name, names));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_verb({argv + 1, argv + argc});
  } catch (pel::launch::Refused const& refused) {
    fmt::print(stderr, "{:<64}      exit {}\n", refused.what(), refused.code);
    return refused.code;
  } catch (std::exception const& error) {
    auto const code = pel::base::failure_code(error);
    fmt::print(stderr, "error: {}      exit {}\n", error.what(), code);
    return code;
  }
}
