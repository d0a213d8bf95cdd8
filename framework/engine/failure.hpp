// Failures that travel: an exception of one rank as bytes, from which every rank throws the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <vector>

namespace pel::engine {

// Where something failed; -1: no superstep, no partition.
struct Where {
  std::string kernel, phase;
  std::int64_t superstep = -1, partition = -1;
  int rank = 0, ranks = 1;
  std::string host;
};

// PEL's own exceptions travel as they are, any other becomes a KernelFailed that says where.
[[nodiscard]] std::vector<std::byte> encode_failure(std::exception_ptr const& failure, Where const& where);

// Throws what encode_failure() was given.
[[noreturn]] void throw_failure(std::span<std::byte const> encoded);

}  // namespace pel::engine
