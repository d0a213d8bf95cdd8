#include "data/shared_output.hpp"

#include <utility>

#include "store/result_file.hpp"

namespace pel::data {

using engine::Site;

SharedOutput::SharedOutput(Flow& flow, std::string path, std::uint64_t bytes) : flow_(flow), path_(std::move(path)) {
  auto& world = flow_.job().world();
  world.together(Site::publish, "create", [&] {
    if (world.rank() == 0) store::create_plain(path_, bytes);
  });
}

SharedOutput::~SharedOutput() {
  if (!published_ && flow_.job().world().rank() == 0) store::discard(path_);
}

void SharedOutput::write_at(std::uint64_t offset, std::span<std::byte const> bytes) const {
  store::write_at(path_, offset, bytes);
}

void SharedOutput::publish() {
  auto& world = flow_.job().world();
  world.together(Site::publish, "publish", [&] {
    if (world.rank() == 0) store::publish(path_);
  });
  published_ = true;
}

}  // namespace pel::data
