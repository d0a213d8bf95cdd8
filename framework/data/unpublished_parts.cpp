#include "data/unpublished_parts.hpp"

#include <utility>

#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "store/file.hpp"
#include "store/parts_directory.hpp"
#include "store/result_file.hpp"

namespace pel::data {

using engine::Site;

UnpublishedParts::UnpublishedParts(Flow& flow, std::string path) : flow_(flow), path_(std::move(path)) {
  (void)flow_.run();  // the beginning of a run tries its outputs, and removes what it tried
  auto& world = flow_.job().world();
  try {
    world.together(Site::publish, "create", [&] {
      if (world.rank() == 0) store::create_parts(path_);
    });
  } catch (...) {  // another rank failed, and there will be no destructor
    if (world.rank() == 0) store::discard_parts(path_);
    throw;
  }
}

UnpublishedParts::~UnpublishedParts() {
  if (!published_ && flow_.job().world().rank() == 0) store::discard_parts(path_);
}

std::filesystem::path UnpublishedParts::part(Partition partition, std::string const& ending) const {
  return store::temporary_part(path_, store::part_name(partition.index(), partition.count, ending));
}

void UnpublishedParts::sync() {
  if (flow_.job().world().rank() == 0) store::sync_directory(store::temporary_of(store::directory_of_parts(path_)));
}

void UnpublishedParts::publish() {
  auto& world = flow_.job().world();
  world.together(Site::publish, "publish", [&] {
    if (world.rank() == 0) store::publish_parts(path_);
  });
  published_ = true;
}

}  // namespace pel::data
