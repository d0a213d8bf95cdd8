#include "engine/failure.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "pel/error.hpp"

using pel::engine::encode_failure;
using pel::engine::throw_failure;
using pel::engine::Where;

namespace {

Where const here{"Kernel", "superstep", 7, 3, 1, 4, "node07"};
std::int64_t const far = std::int64_t{1} << 40;

template <class Thrown>
std::vector<std::byte> encoded(Thrown const& thrown) {
  return encode_failure(std::make_exception_ptr(thrown), here);
}

// Whether what arrives has the type, the fields and the words of what was thrown.
template <class Error>
bool travels(Error const& thrown) {
  auto const bytes = encoded(thrown);
  try {
    throw_failure(bytes);
  } catch (Error const& arrived) {
    return typeid(arrived) == typeid(Error) && arrived.tie() == thrown.tie() &&
           std::string(arrived.what()) == thrown.what();
  } catch (...) {
    return false;
  }
}

// What becomes of an exception that is none of PEL's.
template <class Thrown>
pel::KernelFailed as_kernel_failure(Thrown const& thrown) {
  auto const bytes = encoded(thrown);
  try {
    throw_failure(bytes);
  } catch (pel::KernelFailed const& failure) {
    return failure;
  }
}

bool is_of_here(pel::KernelFailed const& failure, std::string const& cause) {
  return failure.kernel == "Kernel" && failure.phase == "superstep" && failure.superstep == 7 &&
         failure.partition == 3 && failure.rank == 1 && failure.ranks == 4 && failure.host == "node07" &&
         failure.cause == cause;
}

}  // namespace

TEST_CASE("each of PEL's exceptions arrives with its type, its fields and its words") {
  CHECK(travels(pel::UsageError("--dampng", "unknown option", "--damping")));
  CHECK(travels(pel::BadData("a.txt", 81, 5, -1, "no number", 3)));
  CHECK(travels(pel::BadData("a.bin", 0, 0, far, "cut short")));
  CHECK(travels(pel::MissingInput("a.txt", "No such file or directory")));
  CHECK(travels(pel::MissingInput("a.txt", "No such file or directory", "b: none\nc: none")));
  CHECK(travels(pel::NoCheckpoint("dir", "none there that is whole")));
  CHECK(travels(pel::KernelFailed("PageRank", "superstep", far, 3, 1, 4, "node07", "vertex 81 has no owner")));
  CHECK(travels(pel::InternalError("run.cpp", far, "an invariant")));
  CHECK(travels(pel::MpiError("MPI_Send", -6, "MPI_ERR_RANK: invalid rank", 1, "node07")));
  CHECK(travels(pel::SystemError("fork", 11, "Resource temporarily unavailable")));
  CHECK(travels(pel::WriteFailed("a.h5", 28, "No space left on device", far, 12)));
  CHECK(travels(pel::WriteFailed("a.h5", 28, "No space left on device")));
  CHECK(travels(pel::ConfigError("source", "no such vertex", "name one of 0 to 9")));
  CHECK(travels(pel::Misuse("a second run needs a name")));
  CHECK(travels(pel::OutOfBudget("group_by_key", 5, 1 << 20, 1 << 19, "the largest group")));
  CHECK(travels(pel::ForeignCheckpoint("dir/epoch-000000007", "seed", "2", "1")));
  CHECK(travels(pel::DirectoryInUse("dir", "node07", 81, "2024-05-17T08:30:00Z")));
  CHECK(travels(pel::LostLease("dir", 3, 4)));
}

TEST_CASE("texts travel whole, whatever is in them") {
  CHECK(travels(pel::UsageError("", "", "")));
  CHECK(travels(pel::MissingInput(std::string("a\0b\n\xc3\xa9", 6), std::string(100'000, 'x'))));
}

TEST_CASE("any other exception becomes a kernel's failure that says where") {
  CHECK(is_of_here(as_kernel_failure(std::runtime_error("vertex 81 has no owner")), "vertex 81 has no owner"));
  CHECK(is_of_here(as_kernel_failure(std::out_of_range("at()")), "at()"));
  CHECK(is_of_here(as_kernel_failure(std::bad_alloc()), std::bad_alloc().what()));
}

TEST_CASE("what is no std::exception becomes a kernel's failure too") {
  CHECK(is_of_here(as_kernel_failure(42), "something that is no std::exception"));
  CHECK(is_of_here(as_kernel_failure(std::string("text")), "something that is no std::exception"));
}
