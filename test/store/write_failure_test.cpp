// Disks that are full, directories that are not there: WriteFailed with errno and path, and the last epoch stays.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "pel/error.hpp"
#include "sample_checkpoint.hpp"
#include "store/checkpoint.hpp"
#include "store/result_file.hpp"

namespace fs = std::filesystem;
using pel::WriteFailed;
using pel::store::CheckpointDirectory;

namespace {

// While it lives no file of this process grows beyond `bytes`: the kernel says EFBIG, as it says ENOSPC on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit const limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(FileSizeLimit const&) = delete;
  FileSizeLimit& operator=(FileSizeLimit const&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

template <class Function>
std::optional<WriteFailed> failure_of(Function const& function) {
  try {
    function();
  } catch (WriteFailed const& failed) {
    return failed;
  }
  return std::nullopt;
}

// Superstep 2 with one large field.
void write_large(CheckpointDirectory const& directory) {
  pel::store::Manifest manifest{{}, 2, 1, "large", {}};
  pel::test::Field field{{"state/x", pel::base::ElementType::f64, {}, false}, {}};
  field.slices.push_back({pel::partition_id(0), 100000, std::vector<std::byte>(800000)});
  pel::test::write_whole(directory, manifest, {field});
}

}  // namespace

TEST_CASE("a checkpoint directory below a file is a failed write that names it") {
  pel::test::TemporaryDirectory const scratch;
  pel::test::write_text(scratch.path() / "file", "");
  CheckpointDirectory const directory(scratch.path() / "file" / "ckpt");

  auto const failed = failure_of([&] { directory.begin(1); });

  REQUIRE(failed);
  CHECK(failed->path.find("file") != std::string::npos);
  CHECK((failed->code == ENOTDIR || failed->code == EEXIST));
  CHECK(failed->bytes_free > 0);
}

TEST_CASE("a part without a temporary directory is a failed write") {
  pel::test::TemporaryDirectory const scratch;

  auto const missing = scratch.path() / "tmp-000000000-i0001";
  auto const manifest = pel::test::sample_manifest(0);
  auto const failed = failure_of(
      [&] { static_cast<void>(pel::test::write_part(missing, manifest, 3, 4, {pel::partition_id(0)}, {})); });

  REQUIRE(failed);
  CHECK(failed->path == (missing / "part-00003.h5").string());
  CHECK(failed->code == ENOENT);
}

TEST_CASE("a commit whose temporary directory is gone leaves the epoch that was there") {
  pel::test::TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  auto const manifest = pel::test::write_sample(directory, 1, 1);

  auto const failed = failure_of([&] { pel::test::commit(directory, manifest); });

  REQUIRE(failed);
  CHECK(failed->code == ENOENT);
  CHECK(pel::test::reads_back(directory));
}

TEST_CASE("no room for a part is a failed write, at whatever byte it ends") {
  pel::test::TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  pel::test::write_sample(directory, 1, 1);

  for (rlim_t const limit : {0U, 1U, 100U, 1000U, 3000U, 4096U, 10000U, 100000U, 800000U}) {
    CAPTURE(limit);
    std::optional<WriteFailed> failed;
    {
      FileSizeLimit const small(limit);
      failed = failure_of([&] { write_large(directory); });
    }
    directory.abandon(2);
    CHECK(failed);
    if (failed) CHECK(failed->path.find("part-00000.h5") != std::string::npos);
    CHECK(directory.epochs().size() == 1);
    CHECK(pel::test::reads_back(directory));
  }

  write_large(directory);
  CHECK(directory.epochs().size() == 2);
}

TEST_CASE("no room for index or manifest is a failed write and no epoch") {
  pel::test::TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  auto const manifest = pel::test::write_sample_parts(directory, 2, 3);
  std::string last;

  for (rlim_t const limit : {0U, 100U, 700U, 1000U, 1500U}) {
    CAPTURE(limit);
    FileSizeLimit const small(limit);
    auto const failed = failure_of([&] { pel::test::commit(directory, manifest); });
    CHECK(failed);
    if (failed) last = fs::path(failed->path).filename();
    CHECK((last == "index.h5" || last == "MANIFEST.json"));
    CHECK(directory.epochs().empty());
  }

  pel::test::commit(directory, manifest);
  CHECK(pel::test::reads_back(directory));
}

TEST_CASE("a result in a missing directory is a failed write and makes no directory") {
  pel::test::TemporaryDirectory const scratch;
  auto const path = scratch.path() / "missing" / "r";
  std::array const bytes{std::byte{1}};

  CHECK(failure_of([&] { pel::store::create_plain(path, 1); }).value().code == ENOENT);
  CHECK(failure_of([&] { static_cast<void>(pel::store::create_hdf5(path, {}, {})); }).value().code == ENOENT);
  CHECK(failure_of([&] { pel::store::write_at(path, 0, bytes); }).value().code == ENOENT);
  CHECK(failure_of([&] { pel::store::sync(path); }).value().code == ENOENT);
  CHECK(failure_of([&] { pel::store::publish(path); }).value().code == ENOENT);
  pel::store::discard(path);
  CHECK(fs::is_empty(scratch.path()));
}

TEST_CASE("no room for a result is a failed write that says how much was wanted") {
  pel::test::TemporaryDirectory const scratch;
  auto const path = scratch.path() / "r";
  FileSizeLimit const small(10);

  auto const failed = failure_of([&] { pel::store::create_plain(path, 11); });

  REQUIRE(failed);
  CHECK(failed->code == EFBIG);
  CHECK(failed->bytes_wanted == 11);
  CHECK(failed->bytes_free > 0);
}
