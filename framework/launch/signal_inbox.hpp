// The signals that the launcher gets, as a descriptor to poll: no handler runs anywhere.
#pragma once

#include <vector>

namespace pel::launch {

// From its construction on INT, TERM, HUP, USR1, USR2 and CHLD wait here instead of ending the process.
class SignalInbox {
 public:
  SignalInbox();  // throws: SystemError
  ~SignalInbox();
  SignalInbox(SignalInbox const&) = delete;
  SignalInbox& operator=(SignalInbox const&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] std::vector<int> take() const;  // those that have come since, without CHLD

 private:
  int descriptor_ = -1;
};

}  // namespace pel::launch
