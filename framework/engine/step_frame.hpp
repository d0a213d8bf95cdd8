// What a partition finds in a superstep, and where it puts what it makes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "pel/partition.hpp"

namespace pel::engine {

class Outgoing;
class Rounds;
class StoredMail;

// All messages of a partition for another one: `count` of them in `bytes` bytes.
struct Piece {
  PartitionId to{};
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

// Messages of one source partition as they arrive, packed.
struct Segment {
  PartitionId from{};
  std::uint64_t count = 0;
  std::span<std::byte const> bytes;
};

// All that a partition's superstep takes and gives.
struct StepFrame {
  std::int64_t number = 0;
  Partition partition;
  std::uint64_t seed = 0;                          // of the job
  int worker = 0;                                  // 0 … threads - 1: scratch that no other step uses meanwhile
  std::span<Segment const> inbox;                  // ascending by source
  StoredMail const* stored = nullptr;              // the inbox where it is on disk; then the one above is empty
  Rounds* rounds = nullptr;                        // those that a step may pause for; none where mail has no budget
  std::span<std::uint8_t const> local;             // by partition: 1 if it is on this rank
  Outgoing* outgoing = nullptr;                    // shaped at the end of the step
  std::vector<std::byte>* contribution = nullptr;  // to the aggregate; empty: none
  std::uint64_t published = 0;                     // bit i: the field numbered i by the registry
};

}  // namespace pel::engine
