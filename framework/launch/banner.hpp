// What mpirun says on stderr, told apart from what the ranks say: its banners are blocks between two dashed lines.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pel::launch {

// Splits a stream as it comes. Text of the ranks passes at once, also without a line end; only a line that begins like
// a dashed one waits for its end, and a block for its closing line. A block that does not close, or is longer than any
// banner, is passed on as text: nothing is lost.
// Example: "step 1\n-----…\nmpirun noticed …\n-----…\n": "step 1\n" passes, the rest is a banner.
class BannerFilter {
 public:
  struct Parts {
    std::string text, banner;
  };
  [[nodiscard]] Parts feed(std::string_view chunk);
  [[nodiscard]] Parts finish();  // the stream has ended

 private:
  void take_line(Parts& parts);
  [[nodiscard]] bool may_be_mpiruns() const;

  std::string line_;   // of which the end has not come
  std::string block_;  // an open banner
  int block_lines_ = 0;
  bool passing_ = false;  // the start of this line has passed already
};

// A rank's death by a signal as a banner (or srun) tells it. The process id is not taken: mpirun says "PID 0".
struct Death {
  int signal = 0;
  int rank = -1;
  std::string host;
};

// The last one told in the text; none if there is none.
[[nodiscard]] std::optional<Death> death_in(std::string_view text);

}  // namespace pel::launch
