#include "comm/communicator.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/machine.hpp"
#include "comm/native.hpp"
#include "pel/error.hpp"

namespace pel::comm {
namespace {

std::string text_of(int code) {
  std::array<char, MPI_MAX_ERROR_STRING + 1> text{};
  int length = 0;
  if (MPI_Error_string(code, text.data(), &length) != MPI_SUCCESS) return "unknown error";
  return {text.data(), static_cast<std::size_t>(length)};
}

void check_early(int code, char const* call) {
  if (code != MPI_SUCCESS) throw MpiError(call, code, text_of(code), -1, base::host_name());
}

// A program that no launcher has started is a job of one rank: it needs no daemon of Open MPI beside it, which would
// take most of a second to start, and no way to other processes. What the environment says comes first; while this
// lives it says so, too, but to no program that is started later.
class NeedsNobody {
 public:
  NeedsNobody() {
    for (auto const& [name, value] : settings)
      if (std::getenv(name) == nullptr) set_.push_back(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    for (auto const& [name, value] : settings) setenv(name, value, 0);  // NOLINT(concurrency-mt-unsafe)
  }
  ~NeedsNobody() {
    for (auto const* name : set_) unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
  }
  NeedsNobody(NeedsNobody const&) = delete;
  NeedsNobody& operator=(NeedsNobody const&) = delete;

 private:
  static constexpr std::array<std::pair<char const*, char const*>, 3> settings{
      {{"OMPI_MCA_ess_singleton_isolated", "1"}, {"OMPI_MCA_pml", "ob1"}, {"OMPI_MCA_btl", "self"}}};
  std::vector<char const*> set_;
};

}  // namespace

void check(int code, char const* call, Communicator const& where) {
  if (code != MPI_SUCCESS) throw MpiError(call, code, text_of(code), where.rank(), where.host());
}

Session::Session() {
  int running = 0;
  check_early(MPI_Initialized(&running), "MPI_Initialized");
  if (running != 0) return;
  std::optional<NeedsNobody> alone;
  if (!base::launched_rank()) alone.emplace();
  int provided = MPI_THREAD_SINGLE;
  check_early(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  ours_ = true;
  if (provided < MPI_THREAD_FUNNELED)
    throw MpiError("MPI_Init_thread", provided, "this MPI allows no threads beside the main one", -1,
                   base::host_name());
}

Session::~Session() {
  int ended = 0;
  if (ours_ && MPI_Finalized(&ended) == MPI_SUCCESS && ended == 0) MPI_Finalize();
}

Communicator Communicator::world() {
  MPI_Comm duplicate = MPI_COMM_NULL;
  check_early(MPI_Comm_dup(MPI_COMM_WORLD, &duplicate), "MPI_Comm_dup");
  check_early(MPI_Comm_set_errhandler(duplicate, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  return Communicator(
      std::make_shared<Native const>(Native{boost::mpi::communicator(duplicate, boost::mpi::comm_take_ownership)}));
}

Communicator::Communicator(std::shared_ptr<Native const> native)
    : native_(std::move(native)), host_(base::host_name()) {
  check_early(MPI_Comm_rank(native_->handle(), &rank_), "MPI_Comm_rank");
  check_early(MPI_Comm_size(native_->handle(), &size_), "MPI_Comm_size");
}

std::string Communicator::broadcast(std::string text, int root) const {
  std::uint64_t size = text.size();
  check(MPI_Bcast(&size, 1, MPI_UINT64_T, root, native_->handle()), "MPI_Bcast", *this);
  text.resize(size);
  constexpr std::uint64_t most = std::uint64_t{1} << 30U;  // MPI counts in int
  for (std::uint64_t at = 0; at < size; at += most) {
    auto const n = static_cast<int>(std::min(most, size - at));
    check(MPI_Bcast(text.data() + at, n, MPI_BYTE, root, native_->handle()), "MPI_Bcast", *this);
  }
  return text;
}

std::vector<std::string> Communicator::all_gather(std::string const& text) const {
  auto const ranks = static_cast<std::size_t>(size_);
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) / ranks)
    throw InternalError(__FILE__, __LINE__, "a text is too long to be gathered");
  auto const mine = static_cast<int>(text.size());
  std::vector<int> sizes(ranks), offsets(ranks, 0);
  check(MPI_Allgather(&mine, 1, MPI_INT, sizes.data(), 1, MPI_INT, native_->handle()), "MPI_Allgather", *this);
  for (std::size_t r = 1; r < ranks; ++r) offsets[r] = offsets[r - 1] + sizes[r - 1];
  std::string all(static_cast<std::size_t>(offsets.back() + sizes.back()), '\0');
  check(MPI_Allgatherv(text.data(), mine, MPI_CHAR, all.data(), sizes.data(), offsets.data(), MPI_CHAR,
                       native_->handle()),
        "MPI_Allgatherv", *this);
  std::vector<std::string> texts;
  for (std::size_t r = 0; r < ranks; ++r)
    texts.push_back(all.substr(static_cast<std::size_t>(offsets[r]), static_cast<std::size_t>(sizes[r])));
  return texts;
}

void Communicator::abort(int code) const {
  MPI_Abort(native_->handle(), code);
  std::abort();
}

}  // namespace pel::comm
