#include "data/shared_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"
#include "store/result_file.hpp"

namespace pel::data {

using engine::Site;

namespace {

[[noreturn]] void fail(std::string const& path) {
  auto const error = errno;
  throw WriteFailed(path, error, std::generic_category().message(error));
}

}  // namespace

SharedOutput::SharedOutput(Flow& flow, std::string path, std::uint64_t bytes) : flow_(flow), path_(std::move(path)) {
  (void)flow_.run();  // the beginning of a run tries its outputs, and removes what it tried
  auto& world = flow_.job().world();
  try {
    world.together(Site::publish, "create", [&] {
      if (world.rank() == 0) store::create_plain(path_, bytes);
    });
    world.together(Site::publish, "open", [&] {
      auto const temporary = store::temporary_of(path_);
      descriptor_ = ::open(temporary.c_str(), O_WRONLY | O_CLOEXEC);
      if (descriptor_ < 0) fail(temporary.string());
    });
  } catch (...) {
    drop();
    throw;
  }
}

SharedOutput::~SharedOutput() { drop(); }

void SharedOutput::drop() noexcept {
  if (descriptor_ >= 0) (void)::close(descriptor_);
  if (!published_ && flow_.job().world().rank() == 0) store::discard(path_);
}

void SharedOutput::write_at(std::uint64_t offset, std::span<std::byte const> bytes) const {
  while (!bytes.empty()) {
    auto const n = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail(path_);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

void SharedOutput::publish() {
  auto& world = flow_.job().world();
  world.together(Site::publish, "close", [&] {
    if (::close(std::exchange(descriptor_, -1)) != 0) fail(path_);
  });
  world.together(Site::publish, "publish", [&] {
    if (world.rank() == 0) store::publish(path_);
  });
  published_ = true;
}

}  // namespace pel::data
