#include "launch/run_request.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

#include "base/machine.hpp"
#include "base/nearest.hpp"
#include "launch/app_options.hpp"
#include "launch/configuration.hpp"
#include "launch/duration.hpp"
#include "launch/job_file.hpp"
#include "launch/process.hpp"
#include "pel/error.hpp"

namespace pel::launch {
namespace {

namespace fs = std::filesystem;

std::string all_of(std::vector<std::string> const& lines) {
  std::string text;
  for (auto const& line : lines) text += line + "\n";
  return text + fmt::format("{} error{}, nothing was started", lines.size(), lines.size() == 1 ? "" : "s");
}

std::string first_line(std::string const& text) { return text.substr(0, text.find('\n')); }

int whole(std::string const& text, int otherwise) {
  int value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void add_shared_files(Configuration& settings) {
  auto const site = variable("PEL_SITE");
  std::error_code ignored;
  if (!site.empty())
    settings.add_file(read_job_file(site), false);
  else if (fs::exists("/etc/pel.toml", ignored))
    settings.add_file(read_job_file("/etc/pel.toml"), false);
  auto const home = variable("HOME");
  auto const user = fs::path(home) / ".config" / "pel" / "config.toml";
  if (!home.empty() && fs::exists(user, ignored)) settings.add_file(read_job_file(user), false);
}

// The app that the job file names. Throws: Refused.
std::string app_of(JobFile const& file, std::string const& path) {
  for (auto const& setting : file.settings)
    if (setting.key == "app" && !setting.is_list) return setting.values.front();
  auto lines = file.errors;
  if (lines.empty()) lines.push_back(path + ": app: is missing: the program to run, such as app = \"pagerank\"");
  throw Refused(lines, static_cast<int>(ExitCode::config));
}

std::vector<Host> hosts_of(Configuration const& settings) {
  if (settings.find("run.host") != nullptr) return parse_hosts(settings.text("run.host"));
  if (settings.find("run.hostfile") != nullptr) return read_hostfile(settings.text("run.hostfile"));
  return in_allocation() ? slurm_hosts() : std::vector<Host>();
}

// The launcher's own flags, each fault kept.
void add_own_flags(Configuration& settings, std::vector<std::string> const& own, RunRequest& request) {
  std::vector<char const*> arguments{"pel"};
  for (auto const& token : own) arguments.push_back(token.c_str());
  base::OptionTable table(static_cast<int>(arguments.size()), arguments.data());
  auto const keep = [&](std::function<void()> const& step) {
    try {
      step();
    } catch (UsageError const& error) {
      settings.add_flag_error(first_line(error.what()));
    }
  };
  for (auto const& info : run_options()) {
    keep([&] {
      auto const values = table.take(info);
      if (values.empty()) return;
      settings.add_flag(info.name, values);
      auto const& value = values.back();
      if (info.name == "runs") request.runs = value;
      if (info.name == "run-dir") request.run_dir = value;
      if (info.name == "print-config") request.print_config = true;
      if (info.name == "requeue") request.requeue = true;
      if (info.name == "resume") request.resume = value.empty() ? ResumeFirst::must : ResumeFirst::automatic;
      if (info.name == "resume" && !value.empty()) (void)base::to_choice("resume", value, {"auto"});
    });
  }
  keep([&] { table.close(); });
}

void settle(Configuration& settings, RunRequest& request) {
  auto const given = settings.text("checkpoint.dir");
  request.checkpoints = settings.find("checkpoint.dir") == nullptr ? fs::path("ckpt") : fs::absolute(given);
  request.partitions = static_cast<std::uint32_t>(std::max(whole(settings.text("run.partitions"), 0), 0));
  request.stall_seconds = parse_duration(settings.text("run.stall_timeout")).value_or(300);
  request.silent_seconds = parse_duration(settings.text("run.silent_timeout")).value_or(-1);
  request.walltime_seconds = parse_duration(settings.text("run.walltime")).value_or(-1);
  request.attempts = whole(settings.text("run.attempts"), 3);
  request.quiet = settings.find("run.quiet") != nullptr;
  request.launcher = choose_launcher(variable("PEL_LAUNCHER"), in_allocation());
  if (settings.find("run.host") != nullptr && settings.find("run.hostfile") != nullptr)
    settings.add_flag_error("--hostfile: not together with --host");
  request.hosts = hosts_of(settings);
  auto const ranks = default_ranks(request.hosts, request.partitions);
  request.ranks = settings.find("run.ranks") == nullptr ? ranks : whole(settings.text("run.ranks"), ranks);
  if (request.partitions > 0 && static_cast<std::uint32_t>(request.ranks) > request.partitions)
    settings.add_flag_error(fmt::format("-n {}: more ranks than partitions ({}); --partitions makes more",
                                        request.ranks, request.partitions));
  request.effective = settings.effective(
      {{"checkpoint.dir", {"", ""}},  // of the run directory, which is not made yet
       {"run.ranks", {std::to_string(ranks), request.hosts.empty() ? "the cores here" : "the slots of the hosts"}}});
}

}  // namespace

Refused::Refused(std::vector<std::string> const& lines, int code_) : std::runtime_error(all_of(lines)), code(code_) {}

bool in_allocation() { return !variable("SLURM_JOB_ID").empty() && find_program("srun").has_value(); }

int default_ranks(std::vector<Host> const& hosts, std::uint32_t partitions) {
  int const tasks = hosts.empty() ? 0 : whole(variable("SLURM_NTASKS"), 0);
  int const most = tasks > 0 ? tasks : hosts.empty() ? base::cores_allowed() : slots_of(hosts);
  return partitions == 0 ? most : std::min(most, static_cast<int>(partitions));
}

std::vector<base::OptionInfo> const& run_options() {
  static std::vector<base::OptionInfo> const options{
      {.name = "ranks", .value = "R", .help = "ranks, also -n R; without it one a core, or one a slot of the hosts"},
      {.name = "host", .value = "LIST", .help = "where the ranks run: node1:2,node2:2"},
      {.name = "hostfile", .value = "FILE", .help = "the same from a file, a line \"node1 slots=2\" a host"},
      {.name = "runs", .value = "DIR", .fallback = "./runs", .help = "where run directories are made"},
      {.name = "run-dir", .value = "DIR", .help = "the run directory itself; with --resume=auto it may hold a run"},
      {.name = "resume",
       .value = "auto",
       .help = "go on in the newest unfinished run of this command; auto: or start a new one",
       .value_optional = true},
      {.name = "walltime", .value = "TIME", .fallback = "off", .help = "stop with a checkpoint before: 2h, 90min"},
      {.name = "stall-timeout", .value = "TIME", .fallback = "300s", .help = "without progress: a hang, started again"},
      {.name = "silent-timeout",
       .value = "TIME",
       .fallback = "auto",
       .help = "without a sign of life: lost; auto: 3 s, 15 s on file systems of the network"},
      {.name = "attempts",
       .value = "N",
       .fallback = "3",
       .help = "launches without a newer checkpoint, then give up; 0: never launch again"},
      {.name = "requeue", .help = "in a SLURM batch job: requeue it when it stops before its end"},
      {.name = "print-config", .help = "print all settings with where each is from, and stop"},
      {.name = "help", .help = "print this and stop; pel run APP --help: the app's options"}};
  return options;
}

SplitTokens split_tokens(std::vector<std::string> const& tokens, std::vector<base::OptionInfo> const& options) {
  SplitTokens split;
  bool all_rest = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    auto token = tokens[i];
    if (all_rest) {
      split.rest.push_back(token);
      continue;
    }
    if (token == "--") {
      all_rest = true;
      continue;
    }
    if (token == "-n") token = "--ranks";
    auto const equals = token.find('=');
    auto const known = std::find_if(options.begin(), options.end(), [&](base::OptionInfo const& info) {
      return token.substr(0, equals) == "--" + info.name;
    });
    bool const help_of_app = (token == "--help" || token == "-h") && !split.app.empty();
    if (known != options.end() && !help_of_app) {
      split.own.push_back(token);
      bool const takes_next = !known->value.empty() && !known->value_optional && equals == std::string::npos;
      if (takes_next && i + 1 < tokens.size()) split.own.push_back(tokens[++i]);
    } else if (split.app.empty() && !token.starts_with('-')) {
      split.app = token;
    } else if (split.app.empty()) {
      std::vector<std::string> names;
      for (auto const& info : options) names.push_back("--" + info.name);
      throw UsageError(token.substr(0, equals), "unknown option; those of the app stand after its name",
                       base::nearest(token.substr(0, equals), names));
    } else {
      split.rest.push_back(token);
    }
  }
  return split;
}

RunRequest run_request(std::vector<std::string> const& tokens) {
  auto const split = split_tokens(tokens, run_options());
  if (split.app.empty()) throw UsageError("pel run", "what is to run is missing: an app or a job file");
  RunRequest request;
  request.runs = "runs";
  bool const is_job_file = split.app.ends_with(".toml");
  std::optional<JobFile> file;
  if (is_job_file) file = read_job_file(split.app);
  request.program = find_app(is_job_file ? app_of(*file, split.app) : split.app);
  request.app = request.program.filename().string();
  auto const options = ask_app(request.program);

  Configuration settings(request.app, keys_for(request.app, options));
  add_shared_files(settings);
  if (file) settings.add_file(*file, true);
  settings.add_environment([](std::string const& name) { return variable(name.c_str()); });
  add_own_flags(settings, split.own, request);
  auto const given = given_options(split.rest, options);
  for (auto const& option : given.options) settings.add_flag(option.name, option.values);
  for (auto const& line : given.errors) settings.add_flag_error(line);
  settle(settings, request);
  if (!settings.errors().empty())
    throw Refused(settings.errors(),
                  static_cast<int>(settings.only_flags_are_wrong() ? ExitCode::usage : ExitCode::config));
  request.arguments = settings.app_arguments();
  request.arguments.insert(request.arguments.end(), split.rest.begin(), split.rest.end());
  return request;
}

}  // namespace pel::launch
