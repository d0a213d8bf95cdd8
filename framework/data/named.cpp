#include "data/named.hpp"

#include <utility>

#include "engine/driven_run.hpp"
#include "engine/memory.hpp"
#include "pel/error.hpp"

namespace pel::data {

void prepare_named(Flow& flow, std::string const& name, std::shared_ptr<void> of, ListFields list,
                   base::FunctionRef<void()> ready, base::FunctionRef<void()> make) {
  auto& run = flow.run();
  engine::NamedState const state{
      .visit = [of, list, name](std::size_t slot, auto& visitor) { visit_fields(list(of.get(), name, slot), visitor); },
      .visit_replicated = {}};
  if (!run.restored(name)) {
    ready();
    run.name(name, state);  // the checkpoint of the superstep that makes it has it, and none before
    return make();
  }
  flow.restore(name, [&] {
    for (std::size_t slot = 0; slot < flow.slots(); ++slot) {
      auto const fields = list(of.get(), name, slot);
      load_fields(fields, run.restored_fields(name, slot));
      for (auto const& field : fields) pin_named(flow, name, run.mine()[slot], field.bytes(field.vector).size());
    }
  });
  run.name(name, state);
}

void pin_named(Flow& flow, std::string const& name, PartitionId partition, std::uint64_t bytes) {
  auto& memory = *flow.memory();
  auto const all = memory.pin(bytes);
  if (all > memory.for_named())
    throw OutOfBudget(name, static_cast<std::int64_t>(index(partition)), static_cast<std::int64_t>(all),
                      static_cast<std::int64_t>(memory.budget()),
                      "all that is named, for which there are " + std::to_string(memory.for_named()) + " bytes,");
}

template class NamedNode<Tap<Entry<std::string, std::int64_t>>>;

}  // namespace pel::data
