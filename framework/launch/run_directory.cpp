#include "launch/run_directory.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/nearest.hpp"
#include "pel/error.hpp"
#include "store/replace_file.hpp"

namespace pel::launch {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_write(fs::path const& path, int code) {
  throw WriteFailed(path.string(), code, std::generic_category().message(code));
}

void make_directories(fs::path const& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) cannot_write(path, error.value());
}

// Points runs/latest to the run; a directory of that name, which someone made, stays.
void point_latest(fs::path const& runs, std::string const& id) {
  auto const link = runs / "latest";
  auto const made = runs / fmt::format(".latest-{}", id);
  std::error_code error;
  fs::create_directory_symlink(id, made, error);
  if (error) cannot_write(made, error.value());
  fs::rename(made, link, error);
  if (!error) return;
  fs::remove(made, error);
  fmt::print(stderr, "warning: {} is no link to the newest run and stays as it is\n", link.string());
}

std::tm utc(std::time_t now) {
  std::tm parts{};
  if (gmtime_r(&now, &parts) == nullptr) throw SystemError("gmtime_r", errno, "no time");
  return parts;
}

void write_all(int descriptor, fs::path const& path, std::string_view text) {
  while (!text.empty()) {
    auto const written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      int const code = errno;
      close(descriptor);
      cannot_write(path, code);
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

nlohmann::ordered_json hosts_to_json(std::vector<Host> const& hosts) {
  auto list = nlohmann::ordered_json::array();
  for (auto const& host : hosts) list.push_back({{"name", host.name}, {"slots", host.slots}});
  return list;
}

std::vector<Host> hosts_from_json(nlohmann::json const& list) {
  std::vector<Host> hosts;
  for (auto const& host : list) hosts.push_back({.name = host.at("name"), .slots = host.at("slots")});
  return hosts;
}

RunManifest manifest_from_json(nlohmann::json const& json) {
  RunManifest manifest;
  json.at("id").get_to(manifest.id);
  json.at("app").get_to(manifest.app);
  manifest.program = json.at("program").get<std::string>();
  json.at("arguments").get_to(manifest.arguments);
  manifest.directory = json.at("directory").get<std::string>();
  manifest.checkpoints = json.at("checkpoints").get<std::string>();
  json.at("ranks").get_to(manifest.ranks);
  json.at("partitions").get_to(manifest.partitions);
  manifest.hosts = hosts_from_json(json.at("hosts"));
  json.at("launcher").get_to(manifest.launcher);
  json.at("slurm_job").get_to(manifest.slurm_job);
  json.at("created").get_to(manifest.created);
  json.at("ended").get_to(manifest.ended);
  json.at("state").get_to(manifest.state);
  json.at("exit_code").get_to(manifest.exit_code);
  json.at("stall_seconds").get_to(manifest.stall_seconds);
  manifest.silent_seconds = json.value("silent_seconds", manifest.silent_seconds);
  json.at("walltime_seconds").get_to(manifest.walltime_seconds);
  json.at("attempts").get_to(manifest.attempts);
  json.at("starts").get_to(manifest.starts);
  json.at("failures").get_to(manifest.failures);
  json.at("uptime_seconds").get_to(manifest.uptime_seconds);
  return manifest;
}

}  // namespace

std::string new_run_id(std::string const& app) {
  std::uint16_t random = 0;
  if (getrandom(&random, sizeof random, 0) != sizeof random) throw SystemError("getrandom", errno, "no random number");
  return fmt::format("{:%Y%m%d-%H%M%S}-{}-{:04x}", utc(std::time(nullptr)), app, random);
}

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", utc(std::time(nullptr))); }

std::string utc_now_precisely() {
  timespec now{};
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) throw SystemError("clock_gettime", errno, "no time");
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc(now.tv_sec), now.tv_nsec / 1'000'000);
}

RunDirectory make_run_at(fs::path const& path) {
  make_directories(path / "log");
  return {fs::canonical(path)};
}

RunDirectory make_run(fs::path const& runs, std::string const& id) {
  make_directories(runs);
  auto run = make_run_at(runs / id);
  point_latest(runs, id);
  return run;
}

RunDirectory find_run(fs::path const& runs, std::string const& name) {
  auto const is_run = [](fs::path const& path) {
    std::error_code ignored;
    return fs::is_regular_file(path / "manifest.json", ignored);
  };
  auto const within = runs / (name.empty() ? "latest" : name);
  if (!name.empty() && is_run(name)) return {fs::canonical(name)};
  if (is_run(within)) return {fs::canonical(within)};
  if (name.empty()) throw MissingInput(within.string(), "there is no run yet; --runs names the folder of the runs");
  std::vector<std::string> names;
  for (auto const& run : all_runs(runs)) names.push_back(run.name());
  auto const close = base::nearest(name, names);
  throw MissingInput(
      name, "no run of that name" + (close.empty() ? "; pel ls lists them" : " (did you mean " + close + "?)"));
}

std::vector<RunDirectory> all_runs(fs::path const& runs) {
  std::vector<RunDirectory> found;
  std::error_code error;
  for (fs::directory_iterator it(runs, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (!it->is_symlink(ignored) && fs::is_regular_file(it->path() / "manifest.json", ignored))
      found.push_back({fs::canonical(it->path())});
  }
  std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.path < b.path; });
  return found;
}

void replace_file(fs::path const& path, std::string_view text) { store::replace_file(path, std::string(text), true); }

void append_line(fs::path const& path, std::string const& line) {
  int const descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0) cannot_write(path, errno);
  write_all(descriptor, path, line + "\n");
  if (close(descriptor) != 0) cannot_write(path, errno);
}

std::string to_text(RunManifest const& manifest) {
  nlohmann::ordered_json const json{{"id", manifest.id},
                                    {"app", manifest.app},
                                    {"version", PEL_VERSION},
                                    {"program", manifest.program.string()},
                                    {"arguments", manifest.arguments},
                                    {"directory", manifest.directory.string()},
                                    {"checkpoints", manifest.checkpoints.string()},
                                    {"ranks", manifest.ranks},
                                    {"partitions", manifest.partitions},
                                    {"hosts", hosts_to_json(manifest.hosts)},
                                    {"launcher", manifest.launcher},
                                    {"slurm_job", manifest.slurm_job},
                                    {"created", manifest.created},
                                    {"ended", manifest.ended},
                                    {"state", manifest.state},
                                    {"exit_code", manifest.exit_code},
                                    {"stall_seconds", manifest.stall_seconds},
                                    {"silent_seconds", manifest.silent_seconds},
                                    {"walltime_seconds", manifest.walltime_seconds},
                                    {"attempts", manifest.attempts},
                                    {"starts", manifest.starts},
                                    {"failures", manifest.failures},
                                    {"uptime_seconds", manifest.uptime_seconds}};
  return json.dump(2) + "\n";
}

void write_manifest(RunDirectory const& run, RunManifest const& manifest) {
  replace_file(run.manifest(), to_text(manifest));
}

RunManifest read_manifest(RunDirectory const& run) {
  std::ifstream file(run.manifest());
  if (!file) throw MissingInput(run.manifest().string(), "this is no directory of a run");
  try {
    return manifest_from_json(nlohmann::json::parse(file));
  } catch (nlohmann::json::exception const& error) {
    throw BadData(run.manifest().string(), 0, 0, -1, error.what());
  }
}

std::string path_from_here(fs::path const& path) {
  std::error_code error;
  auto const relative = fs::proximate(path, error).string();
  return error || relative.starts_with("..") ? path.string() : relative;
}

fs::path checkpoint_directory(RunDirectory const& run, RunManifest const& manifest) {
  return manifest.checkpoints.is_absolute() ? manifest.checkpoints : run.path / manifest.checkpoints;
}

}  // namespace pel::launch
