// Writes this rank's part of an epoch from the state as it lies in the memory of kernels, while the supersteps wait:
// for a state of which there is no room for a copy.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>

#include "engine/state_snapshot.hpp"
#include "engine/world.hpp"
#include "store/part_file.hpp"
#include "store/part_stream.hpp"

namespace pel::engine {

struct StreamedPart {
  std::optional<store::WrittenPart> part;
  std::exception_ptr failure;      // why there is none on this rank: what the writing threw
  std::uint64_t memory_bytes = 0;  // that its buffers took
};

// After a take() of this moment that was false. With `earlier` slices that have not changed are links, for which the
// state is shown once more. `open` makes the stream of state.fields().
// Collective: all ranks. Throws: on all ranks what a kernel's serialize() threw on one; what fails to be written is the
// rank's own affair. Cost: w = the state written to the disk, on all threads; l = 1 collective.
[[nodiscard]] StreamedPart stream_part(World& world, StateSnapshot& state, Moment const& moment,
                                       std::optional<store::EarlierPart> const& earlier,
                                       std::function<std::unique_ptr<store::PartStream>()> const& open);

}  // namespace pel::engine
