// main() of the test binaries that run on several ranks. doctest runs in each rank by itself; here they agree:
// * the world has as many ranks as PEL_TEST_RANKS says, or all exit with 64: processes that do not find each other
//   would run as so many worlds of one rank and pass everything;
// * a test case failed if it failed on any rank, and every rank exits with the same code;
// * rank 0 reports to stdout, the others to <binary>.rank-N.log in $PEL_TEST_LOGS or the current directory, and rank 0
//   repeats at the end what they had to say about failures.
#include <mpi.h>

#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "support/doctest_implementation.hpp"
#include "support/listener.hpp"
#include "support/mpi_test.hpp"
#include "support/test_run.hpp"

namespace pel::test {
namespace {

// The harness talks on a communicator of its own, so that it never takes a message of a test case.
struct World {
  MPI_Comm comm = MPI_COMM_NULL;
  int rank = 0, ranks = 0;
};

World& world() {
  static World world;
  return world;
}

}  // namespace

int rank() { return world().rank; }
int ranks() { return world().ranks; }

namespace {

constexpr char running[] = "running: ";

// How a test case ended on one rank.
struct Ending {
  int failed = 0, skipped = 0;
};

// Makes one verdict of those of all ranks, after each test case. Collective.
class Agreement : public Listener {
 public:
  using Listener::Listener;

  // Said by every rank, so that the logs of a run that hangs tell where each is.
  void test_case_start(doctest::TestCaseData const& test_case) override {
    Listener::test_case_start(test_case);
    *test_run().out << running << test_case.m_name << std::endl;
  }

  void test_case_end(doctest::CurrentTestCaseStats const& stats) override {
    // doctest calls this from its signal handler as well: nobody else is coming then.
    if ((stats.failure_flags & doctest::TestCaseFailureReason::Crash) != 0) return;
    Ending const mine{stats.failure_flags != 0 ? 1 : 0, test_run().skips ? 1 : 0};
    std::vector<Ending> endings(static_cast<std::size_t>(ranks()));
    MPI_Allgather(&mine, 2, MPI_INT, endings.data(), 2, MPI_INT, world().comm);

    std::string failed_on;
    int skipped = 0;
    for (int other = 0; other < ranks(); ++other) {
      auto const& ending = endings[static_cast<std::size_t>(other)];
      if (ending.failed != 0) failed_on += " " + std::to_string(other);
      skipped += ending.skipped;
    }
    bool const torn = skipped != 0 && skipped != ranks();
    count(skipped == ranks(), !failed_on.empty() || torn);
    if (rank() != 0) return;
    if (!failed_on.empty()) std::cout << "failed: " << test_run().test_case << ": on rank" << failed_on << std::endl;
    if (torn) std::cout << "failed: " << test_run().test_case << ": skipped on some ranks only" << std::endl;
  }
};

REGISTER_LISTENER("agreement", 1, Agreement);

std::filesystem::path log_path(std::string const& binary) {
  char const* const directory = std::getenv("PEL_TEST_LOGS");
  std::filesystem::path const parent = directory != nullptr ? directory : ".";
  std::error_code ignored;
  std::filesystem::create_directories(parent, ignored);
  return parent / (binary + ".rank-" + std::to_string(rank()) + ".log");
}

// What a log says beside names of test cases and doctest's opening and closing lines, each line marked with the rank.
std::string findings(std::filesystem::path const& log) {
  std::ifstream file(log);
  std::string all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with(running)) continue;
    if (line.starts_with("[doctest]") || line.starts_with("=====")) continue;
    all += "[rank " + std::to_string(rank()) + "] " + line + "\n";
  }
  return all;
}

// Rank 0 prints the findings of the others. Collective.
void report(std::filesystem::path const& log) {
  if (rank() != 0) {
    auto const text = findings(log);
    MPI_Send(text.data(), static_cast<int>(text.size()), MPI_CHAR, 0, 0, world().comm);
    return;
  }
  for (int other = 1; other < ranks(); ++other) {
    MPI_Status status;
    MPI_Probe(other, 0, world().comm, &status);
    int size = 0;
    MPI_Get_count(&status, MPI_CHAR, &size);
    std::string text(static_cast<std::size_t>(size), '\0');
    MPI_Recv(text.data(), size, MPI_CHAR, other, 0, world().comm, MPI_STATUS_IGNORE);
    std::cout << text << std::flush;
  }
}

bool world_is_as_wanted() {
  char const* const wanted = std::getenv("PEL_TEST_RANKS");
  if (wanted == nullptr || std::to_string(ranks()) == wanted) return true;
  if (rank() == 0) {
    std::cerr << "error: this world has " << ranks() << " ranks, PEL_TEST_RANKS wants " << wanted << '\n'
              << "  likely    the processes did not find each other: another MPI's mpirun, or none\n";
  }
  return false;
}

// The scratch directory is made by rank 0; the others learn its path. Collective. False, on all ranks, if that failed.
bool share_scratch(std::string const& binary) {
  std::vector<char> path(4096, '\0');
  if (rank() == 0) {
    auto const made = make_scratch(binary).string();
    if (made.size() < path.size()) made.copy(path.data(), made.size());
  }
  MPI_Bcast(path.data(), static_cast<int>(path.size()), MPI_CHAR, 0, world().comm);
  test_run().scratch = path.data();
  return path[0] != '\0';
}

int run_tests(int argc, char* argv[]) {
  auto& run = test_run();
  std::string const binary = std::filesystem::path(argv[0]).filename();
  if (!world_is_as_wanted()) return 64;
  if (!share_scratch(binary)) return 71;

  std::filesystem::path log;
  std::ofstream file;
  run.out = &std::cout;
  if (rank() != 0) {
    log = log_path(binary);
    file.open(log);
    file << std::unitbuf;  // a rank that is killed has said all it knew
    run.out = &file;
  }
  doctest::Context context(argc, argv);
  context.setOption("no-colors", true);
  context.setOption("abort-after", INT_MAX);  // each rank would count for itself
  context.setCout(run.out);
  int const verdict = context.run();
  bool const only_asked = context.shouldExit() && run.run == 0;  // --help, --list-test-cases and their kin
  int const code = only_asked ? verdict : run.exit_code();
  if (run.failed > 0) report(log);
  MPI_Barrier(world().comm);
  if (rank() == 0) leave_scratch(code);
  return code;
}

}  // namespace
}  // namespace pel::test

int main(int argc, char* argv[]) {
  int provided = MPI_THREAD_SINGLE;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  auto& world = pel::test::world();
  MPI_Comm_dup(MPI_COMM_WORLD, &world.comm);
  MPI_Comm_rank(world.comm, &world.rank);
  MPI_Comm_size(world.comm, &world.ranks);

  int const code = provided < MPI_THREAD_FUNNELED ? 71 : pel::test::run_tests(argc, argv);
  MPI_Comm_free(&world.comm);
  MPI_Finalize();
  return code;
}
