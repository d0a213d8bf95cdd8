// A user's wish that a run stops with a checkpoint: RUN_DIR/halt, written by `pel halt`, looked for by rank 0 once a
// second.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace pel::store {

// In the file: {"at_superstep": N or -1, "after_seconds": S or -1}. Both -1, or an empty file (`touch halt`): at the
// end of the superstep that runs. Both given: whichever comes first.
struct HaltRequest {
  std::int64_t at_superstep = -1;  // when this one is finished, or already is
  double after_seconds = -1;       // of the launch's running time

  [[nodiscard]] bool operator==(HaltRequest const&) const = default;

  // Whether to stop after `superstep`, `seconds` after the launch began.
  // Example: {418, -1} is due after superstep 418 and after any later one, at any time.
  [[nodiscard]] bool due(std::int64_t superstep, double seconds) const noexcept;
};

// Throws: WriteFailed.
void write_halt_request(std::filesystem::path const& path, HaltRequest const& request);

// None if there is none. Throws: BadData if the file says something else.
[[nodiscard]] std::optional<HaltRequest> read_halt_request(std::filesystem::path const& path);

// So that the next launch does not stop too. One that is not there is fine. Throws: WriteFailed.
void remove_halt_request(std::filesystem::path const& path);

}  // namespace pel::store
