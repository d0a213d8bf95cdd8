#include "engine/ownership.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "pel/error.hpp"

namespace pel::engine {
int incarnation_of_launcher() {
  char const* const text = std::getenv("PEL_INCARNATION");  // NOLINT(concurrency-mt-unsafe): the main thread
  if (text == nullptr) return 0;
  std::string_view const value(text);
  int incarnation = 0;
  auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), incarnation);
  if (error != std::errc() || end != value.data() + value.size() || incarnation <= 0)
    throw UsageError("PEL_INCARNATION", std::string(value) + " is no number of a launch");
  return incarnation;
}

Ownership::Ownership(World& world, std::filesystem::path directory, std::string job)
    : world_(world), directory_(std::move(directory)), job_(std::move(job)) {}

void Ownership::claim() {
  if (claimed()) return;
  std::string number;
  world_.together(Site::start, "checkpoint directory", [&] {
    if (world_.rank() != 0) return;
    int incarnation = incarnation_of_launcher();
    if (incarnation == 0) {
      lease_.emplace(store::Lease::claim(directory_, job_));
      incarnation = lease_->incarnation();
    }
    if (!lease_) store::Lease::require_newest(directory_, incarnation);
    number = std::to_string(incarnation);
  });
  incarnation_ = std::stoi(world_.communicator().broadcast(number, 0));
}

void Ownership::check() const { store::Lease::require_newest(directory_, incarnation_); }

}  // namespace pel::engine
