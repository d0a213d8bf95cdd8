// Elements on disk, in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "data/byte_run.hpp"
#include "data/packed.hpp"

namespace pel::data {

template <class T>
class PackedRun {
 public:
  PackedRun() = default;
  explicit PackedRun(std::shared_ptr<store::SpillFile> file) : run_(std::move(file)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(run_); }
  // Throws: WriteFailed.
  void add(ViewOf<T> const& element) {
    (void)pack<T>(element, run_.add(packed_size<T>(element)));
    run_.added();
  }
  // The same of one that is packed already.
  void add_packed(std::span<std::byte const> element) {
    std::memcpy(run_.add(element.size()), element.data(), element.size());
    run_.added();
  }
  // Writes what is not yet on disk; more may be added behind it. Throws: WriteFailed.
  void finish() { run_.finish(); }
  [[nodiscard]] PackedRun finished() && {
    finish();
    return std::move(*this);
  }
  // After finish(): what lies on disk, packed.
  [[nodiscard]] ByteRun const& bytes() const noexcept { return run_; }
  // After finish(): in order; an element is valid during the call. Throws: SystemError.
  template <class Sink>
  void show(Sink&& sink) const {
    run_.show([&](std::byte const* at, std::uint64_t count) {
      for (std::uint64_t i = 0; i < count; ++i) sink(unpack<T>(at));
    });
  }

 private:
  ByteRun run_;
};

}  // namespace pel::data
