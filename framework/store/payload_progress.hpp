// How much of a part's payload is written, told to who listens: "payload_piece" after each piece, "payload_mid" once,
// when half of it is there.
#pragma once

#include <atomic>
#include <cstdint>

#include "store/part_file.hpp"

namespace pel::store {

// Thread-safe.
class PayloadProgress {
 public:
  // `reached` outlives it. `total`: the bytes of the payload.
  PayloadProgress(Milestone const& reached, std::uint64_t total) : reached_(reached), total_(total) {}

  // Throws: what `reached` throws.
  void add(std::uint64_t bytes) {
    auto const written = written_.fetch_add(bytes) + bytes;
    reached_("payload_piece");
    if (2 * written >= total_ && !halfway_.exchange(true)) reached_("payload_mid");
  }

 private:
  Milestone const& reached_;
  std::uint64_t total_;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<bool> halfway_{false};
};

}  // namespace pel::store
