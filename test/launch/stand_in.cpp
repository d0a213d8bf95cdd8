// Plays a job of PEL for the launcher, without MPI: heartbeats, status, checkpoints in name only, and an end of any
// kind.
//
//   stand_in --run-dir DIR [--resume | --resume=auto] [--supersteps 10] [--seconds 0.05] [--every 2]
//            [--action ACTION --at-rank R --at-superstep S --launches N] [--run NAME] [--late 0]
//
// Its first sign of life comes `late` seconds after its start; its checkpoints are those of the run NAME. On USR2 a
// rank says where it is, at the end of its superstep, and at once while it hangs. In superstep S of the first N
// launches rank R does ACTION: kill, segv, stop, hang, exit=CODE (without an outcome), fail=CODE (with one, as all
// ranks would end). Every `every` supersteps rank 0 commits; USR1 stops with 75. Each start is a line "start
// INCARNATION RANKS RESUMED_FROM ARGUMENTS" in DIR/starts, by rank 0.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "store/heartbeat.hpp"
#include "store/run_status.hpp"

namespace {

namespace fs = std::filesystem;
using pel::store::RunState;

volatile std::sig_atomic_t stop_asked = 0;
volatile std::sig_atomic_t where_asked = 0;

struct Play {
  std::map<std::string, std::string> options{{"supersteps", "10"}, {"seconds", "0.05"},   {"every", "2"},
                                             {"at-rank", "0"},     {"at-superstep", "3"}, {"launches", "1000"},
                                             {"run", ""},          {"late", "0"}};
  int rank = 0, ranks = 1, incarnation = 0;
  pid_t launcher = getppid();
  fs::path run;
  pel::store::RunStatus status;

  [[nodiscard]] long number(char const* name) const { return std::stol(options.at(name)); }
  [[nodiscard]] fs::path checkpoints() const { return run / "ckpt" / text("run"); }
  [[nodiscard]] std::string text(char const* name) const {
    auto const found = options.find(name);
    return found == options.end() ? "" : found->second;
  }
};

int from_environment(char const* name, int otherwise) {
  char const* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return text == nullptr ? otherwise : std::atoi(text);
}

void print_options() {
  std::puts("{\"app\": \"stand_in\", \"options\": [");
  for (char const* name :
       {"supersteps", "seconds", "every", "action", "at-rank", "at-superstep", "launches", "run", "late"})
    std::printf(
        "{\"name\": \"%s\", \"value\": \"TEXT\", \"fallback\": \"\", \"help\": \"\", \"required\": false, "
        "\"positional\": false, \"may_repeat\": false, \"value_optional\": false, \"engine\": false},\n",
        name);
  std::puts(
      "{\"name\": \"partitions\", \"value\": \"P\", \"fallback\": \"8\", \"help\": \"\", \"required\": false, "
      "\"positional\": false, \"may_repeat\": false, \"value_optional\": false, \"engine\": true}]}");
}

void write_status(Play& play, RunState state, int code) {
  if (play.rank != 0) return;
  play.status.state = state;
  play.status.exit_code = code;
  pel::store::write_run_status(play.run / "status.json", play.status, state != RunState::running);
}

void commit(Play& play, long superstep) {
  if (play.rank != 0) return;
  fs::create_directories(play.checkpoints() / ("epoch-" + std::string(9 - std::to_string(superstep).size(), '0') +
                                               std::to_string(superstep)));
  play.status.checkpoint = superstep;
}

long newest_epoch(Play const& play) {
  long newest = -1;
  if (!fs::exists(play.checkpoints())) return newest;
  for (auto const& entry : fs::directory_iterator(play.checkpoints()))
    if (auto const name = entry.path().filename().string(); name.starts_with("epoch-"))
      newest = std::max(newest, std::stol(name.substr(6)));
  return newest;
}

void say_where(Play const& play, long superstep) {
  if (where_asked != 0) std::fprintf(stderr, "rank %d is in superstep %ld\n", play.rank, superstep);
  where_asked = 0;
}

// The end that is asked for, if it is its time; returns only if the rank lives on.
void act(Play& play, long superstep) {
  auto const action = play.text("action");
  bool const here = play.rank == play.number("at-rank") && superstep == play.number("at-superstep") &&
                    play.incarnation <= play.number("launches");
  if (action.empty() || !here) return;
  if (action == "kill") std::raise(SIGKILL);
  if (action == "segv") std::raise(SIGSEGV);
  if (action == "stop") std::raise(SIGSTOP);
  if (action.starts_with("exit=")) _exit(std::stoi(action.substr(5)));
  if (action.starts_with("fail=")) {
    play.status.error = "the stand-in was told to fail";
    write_status(play, RunState::failed, std::stoi(action.substr(5)));
    _exit(std::stoi(action.substr(5)));
  }
  while (action == "hang") {
    usleep(10000);
    say_where(play, superstep);
  }
}

// The first rank that leaves makes mpirun kill the others: rank 0 has to have said so before.
int stop(Play& play) {
  write_status(play, RunState::stopped, 75);
  auto const said = [&] {
    auto const status = pel::store::read_run_status(play.run / "status.json");
    return status && status->incarnation == play.incarnation && status->state == RunState::stopped;
  };
  while (!said()) usleep(1000);
  return 75;
}

int steps(Play& play, pel::store::HeartbeatWriter& heart) {
  auto const seconds = std::stod(play.options.at("seconds"));
  for (auto superstep = play.status.resumed_from + 1; superstep < play.number("supersteps"); ++superstep) {
    heart.begin_superstep(superstep, 1);
    heart.set_phase(pel::store::Phase::compute);
    usleep(static_cast<useconds_t>(seconds * 1e6));
    act(play, superstep);
    say_where(play, superstep);
    heart.partition_done();
    play.status.superstep = superstep;
    if (stop_asked != 0 || (superstep + 1) % play.number("every") == 0) commit(play, superstep);
    if (stop_asked != 0) return stop(play);
    if (getppid() != play.launcher) return 143;  // as MPI's runtime, which ends a rank that has lost its daemon
    write_status(play, RunState::running, 0);
  }
  play.status.digest = "d1";
  write_status(play, RunState::done, 0);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGUSR1, [](int) { stop_asked = 1; });
  std::signal(SIGUSR2, [](int) { where_asked = 1; });
  Play play;
  std::string all, resume;
  for (int i = 1; i < argc; ++i) {
    std::string token = argv[i];
    all += " " + token;
    if (token == "--print-options") return print_options(), 0;
    if (token.starts_with("--resume")) resume = token;
    if (token.starts_with("--resume")) continue;
    auto const equals = token.find('=');
    if (equals == std::string::npos && i + 1 < argc)
      play.options[token.substr(2)] = argv[++i];
    else
      play.options[token.substr(2, equals - 2)] = token.substr(equals + 1);
  }
  play.run = play.text("run-dir");
  play.rank = from_environment("OMPI_COMM_WORLD_RANK", 0);
  play.ranks = from_environment("OMPI_COMM_WORLD_SIZE", 1);
  play.incarnation = from_environment("PEL_INCARNATION", 0);
  play.status.incarnation = play.incarnation;
  play.status.checkpoint = play.status.resumed_from = newest_epoch(play);
  if (resume == "--resume" && play.status.resumed_from < 0) return 65;
  if (play.rank == 0)
    std::ofstream(play.run / "starts", std::ios::app)
        << "start " << play.incarnation << ' ' << play.ranks << ' ' << play.status.resumed_from << all << '\n';
  usleep(static_cast<useconds_t>(std::stod(play.text("late")) * 1e6));
  pel::store::HeartbeatWriter heart({.path = play.run / "heartbeat",
                                     .rank = play.rank,
                                     .ranks = play.ranks,
                                     .incarnation = static_cast<std::uint64_t>(play.incarnation),
                                     .each_tick = {}});
  return steps(play, heart);
}
