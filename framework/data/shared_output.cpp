#include "data/shared_output.hpp"

#include <utility>

#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "store/file.hpp"
#include "store/result_file.hpp"

namespace pel::data {

using engine::Site;

SharedOutput::SharedOutput(Flow& flow, std::string path, std::uint64_t bytes)
    : SharedOutput(flow, path, [&] { store::create_plain(path, bytes); }) {}

SharedOutput::SharedOutput(Flow& flow, std::string path, base::FunctionRef<void()> create)
    : flow_(flow), path_(std::move(path)) {
  (void)flow_.run();  // the beginning of a run tries its outputs, and removes what it tried
  auto& world = flow_.job().world();
  try {
    world.together(Site::publish, "create", [&] {
      if (world.rank() == 0) create();
    });
    world.together(Site::publish, "open", [&] {
      file_ = std::make_unique<store::WritableFile>(store::WritableFile::open(store::temporary_of(path_)));
    });
  } catch (...) {
    drop();
    throw;
  }
}

SharedOutput::~SharedOutput() { drop(); }

void SharedOutput::drop() noexcept {
  file_.reset();
  if (!published_ && flow_.job().world().rank() == 0) store::discard(path_);
}

void SharedOutput::write_at(std::uint64_t offset, std::span<std::byte const> bytes) { file_->write_at(offset, bytes); }

void SharedOutput::sync() { file_->sync(); }

void SharedOutput::publish() {
  auto& world = flow_.job().world();
  world.together(Site::publish, "close", [&] { file_->close(); });
  world.together(Site::publish, "publish", [&] {
    if (world.rank() == 0) store::publish(path_);
  });
  published_ = true;
}

}  // namespace pel::data
