// The option --checkpoint-every: what a user may ask for.
#pragma once

#include <cstdint>
#include <string>

namespace pel::engine {

struct CheckpointEvery {
  enum class Kind { automatic, off, supersteps, seconds };
  Kind kind = Kind::automatic;
  std::int64_t supersteps = 0;  // at least 1, if that is the kind
  double seconds = 0;           // more than 0, if that is the kind

  // "auto", "off", "20" and "20 steps" (supersteps), "30s", "5min", "2h" (also with a fraction: "0.5s").
  // Throws: UsageError for anything else, with what it may have meant.
  [[nodiscard]] static CheckpointEvery parse(std::string const& text);

  [[nodiscard]] bool operator==(CheckpointEvery const&) const = default;
};

}  // namespace pel::engine
