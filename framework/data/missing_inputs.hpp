// Inputs that are not there, told all at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pel/error.hpp"

namespace pel::data {

class MissingInputs {
 public:
  // Calls open(). False: it says that something is missing, which is remembered.
  template <class Open>
  bool found(Open const& open) {
    try {
      open();
    } catch (MissingInput const& missing) {
      add(missing);
      return false;
    }
    return true;
  }
  // Throws: MissingInput that names all that are missing, or the first 100, if any are.
  void refuse() const {
    if (first_) throw MissingInput(first_->path, first_->reason, others_ + more());
  }

 private:
  static constexpr std::uint64_t most_told = 100;

  void add(MissingInput const& missing) {
    if (++count_ == 1)
      first_ = missing;
    else if (count_ <= most_told)
      tell(missing.path + ": cannot be read: " + missing.reason);
    if (!missing.others.empty()) tell(missing.others);
  }
  void tell(std::string const& line) { others_ += (others_.empty() ? "" : "\n") + line; }
  [[nodiscard]] std::string more() const {
    return count_ > most_told ? "\nand " + std::to_string(count_ - most_told) + " more" : "";
  }

  std::optional<MissingInput> first_;
  std::string others_;  // a line each
  std::uint64_t count_ = 0;
};

}  // namespace pel::data
