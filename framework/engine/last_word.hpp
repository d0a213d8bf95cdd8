// The end of a process that must not go on, and may wait for ranks that hear nothing any more.
#pragma once

#include <chrono>
#include <string>
#include <thread>

namespace pel::engine {

class LastWord {
 public:
  static constexpr std::chrono::seconds patience{5};

  // Says the words on stderr and ends the process with the code after that time, unless this object is gone by then.
  LastWord(std::string words, int code, std::chrono::seconds after = patience);
  // The same without words, for a process that has said them and only has to leave.
  explicit LastWord(int code);

 private:
  std::jthread thread_;
};

}  // namespace pel::engine
