// This launch's hold on a checkpoint directory: which incarnation it is, and whether it still is the newest.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/world.hpp"
#include "store/lease.hpp"

namespace pel::engine {

// The number that the launcher gave this launch (PEL_INCARNATION), for which it holds the lease; 0: there is none.
// Throws: UsageError.
[[nodiscard]] int incarnation_of_launcher();

// One a job, for all its runs.
class Ownership {
 public:
  Ownership(World& world, std::filesystem::path directory, std::string job);

  [[nodiscard]] std::filesystem::path const& directory() const noexcept { return directory_; }

  // Takes the directory, unless this launch has it already or its launcher does (PEL_INCARNATION).
  // Collective: all ranks. Throws: DirectoryInUse, WriteFailed; the same on all ranks.
  void claim();
  [[nodiscard]] bool claimed() const noexcept { return incarnation_ > 0; }
  [[nodiscard]] int incarnation() const noexcept { return incarnation_; }

  // Throws: LostLease if a newer launch owns the directory. From any thread of rank 0.
  void check() const;

 private:
  World& world_;
  std::filesystem::path directory_;
  std::string job_;
  std::optional<store::Lease> lease_;  // of rank 0, where no launcher holds it
  int incarnation_ = 0;
};

}  // namespace pel::engine
