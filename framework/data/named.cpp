#include "data/named.hpp"

#include "engine/driven_run.hpp"
#include "engine/memory.hpp"

namespace pel::data {

void prepare_named(Flow& flow, std::string const& name, std::function<ColumnFields(std::size_t slot)> const& list,
                   base::FunctionRef<void()> ready, base::FunctionRef<void()> make) {
  auto& run = flow.run();
  engine::NamedState const state{
      .visit = [list](std::size_t slot, auto& visitor) { visit_fields(list(slot), visitor); }, .visit_replicated = {}};
  if (!run.restored(name)) {
    ready();
    run.name(name, state);  // the checkpoint of the superstep that makes it has it, and none before
    return make();
  }
  flow.restore(name, [&] {
    for (std::size_t slot = 0; slot < flow.slots(); ++slot) {
      auto const fields = list(slot);
      load_fields(fields, run.restored_fields(name, slot));
      for (auto const& field : fields) flow.memory()->keep(field.bytes(field.vector).size());
    }
  });
  run.name(name, state);
}

void count_named(Step const& step, std::string const& name, engine::Memory& memory, std::uint64_t bytes) {
  memory.keep(bytes);
  if (memory.kept() > memory.budget())
    refuse_large(step, name, "what checkpoints hold of it", memory.kept(), memory.budget());
}

}  // namespace pel::data
