#include "engine/state_stream.hpp"

#include <atomic>
#include <functional>
#include <mutex>

namespace pel::engine {
namespace {

// Writing that stops at its first failure, whichever thread that is on.
class Attempt {
 public:
  template <class Work>
  void go_on(Work const& work) noexcept {
    if (failed_) return;
    try {
      work();
    } catch (...) {
      std::lock_guard const lock(mutex_);
      if (!failed_) failure_ = std::current_exception();
      failed_ = true;
    }
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] std::exception_ptr failure() const noexcept { return failure_; }

 private:
  std::mutex mutex_;
  std::atomic<bool> failed_{false};
  std::exception_ptr failure_;
};

}  // namespace

StreamedPart stream_part(World& world, StateSnapshot& state, Moment const& moment,
                         std::optional<store::EarlierPart> const& earlier,
                         std::function<std::unique_ptr<store::PartStream>()> const& open) {
  StreamedPart result;
  Report report;
  report.site = Site::save;
  try {
    world.fault().reach("snapshot", world.rank(), moment.superstep);
  } catch (...) {
    report.failure = encode_failure(std::current_exception(), world.where("", "save", moment.superstep));
  }
  Attempt attempt;
  std::unique_ptr<store::PartStream> stream;
  auto const go_on = [&](auto const& work) {
    if (report.failure.empty()) attempt.go_on(work);
  };
  // An exception of the writing must not pass through a kernel's serialize(), so it is kept here.
  auto const show = [&](StateSnapshot::Shown const& shown) {
    if (attempt.failed() || !report.failure.empty()) return;
    state.show(moment, report, [&](int worker, std::size_t field, std::size_t slice, std::span<std::byte const> bytes) {
      attempt.go_on([&] { shown(worker, field, slice, bytes); });
    });
  };
  go_on([&] { stream = open(); });
  if (earlier) show([&](int, std::size_t field, std::size_t slice, auto bytes) { stream->sum(field, slice, bytes); });
  go_on([&] { stream->begin(earlier, static_cast<std::size_t>(world.workers().threads())); });
  show([&](int worker, std::size_t field, std::size_t slice, auto bytes) {
    stream->write(static_cast<std::size_t>(worker), field, slice, bytes);
  });
  go_on([&] { result.part = stream->finish(); });
  if (stream) result.memory_bytes = stream->room();
  result.failure = attempt.failure();
  world.agreement().agree(report);
  return result;
}

}  // namespace pel::engine
