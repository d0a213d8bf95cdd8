#include "data/named.hpp"

#include "engine/memory.hpp"
#include "pel/error.hpp"

namespace pel::data {

void pin_named(Flow& flow, std::string const& name, PartitionId partition, std::uint64_t bytes) {
  auto& memory = *flow.memory();
  auto const all = memory.pin(bytes);
  if (all > memory.for_named())
    throw OutOfBudget(name, static_cast<std::int64_t>(index(partition)), static_cast<std::int64_t>(all),
                      static_cast<std::int64_t>(memory.budget()),
                      "all that is named, for which there are " + std::to_string(memory.for_named()) + " bytes,");
}

}  // namespace pel::data
