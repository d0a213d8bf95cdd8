#include "data/table_file.hpp"

#include "engine/driven_run.hpp"
#include "engine/placement.hpp"
#include "engine/result_writer.hpp"

namespace pel::data {

bool is_hdf5_name(std::string const& path) noexcept { return path.ends_with(".h5") || path.ends_with(".hdf5"); }

TableFile::TableFile(Flow& flow) : flow_(flow), columns_(flow.slots()) {}
TableFile::~TableFile() = default;

void TableFile::write(std::string const& path) {
  auto& run = flow_.run();
  store::Attributes const attributes{{"app", run.settings().app}, {"partitions", run.settings().partitions}};
  engine::ResultSource const source{
      "write", [this](std::size_t slot, Partition, engine::ResultColumns& columns) { columns = columns_[slot]; }};
  (void)engine::write_results(run.world(), run.placement(), source, {path}, attributes, {});
}

}  // namespace pel::data
