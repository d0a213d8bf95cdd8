#include "launch/banner.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

namespace pel::launch {
namespace {

constexpr std::size_t dashes = 60;        // mpirun draws 74 or 76
constexpr int longest_banner = 60;        // lines
constexpr std::size_t longest_mark = 80;  // a longer start of a line is no dashed line

bool is_dashed(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line.size() >= dashes && line.find_first_not_of('-') == std::string_view::npos;
}

constexpr std::string_view forwarding = "mpirun: Forwarding signal ";

// "[node07:01487] [[26929,0],0] ORTE_ERROR_LOG: …", "[node07:01487] 1 more process has sent help message …"
bool is_runtime_log(std::string_view line) {
  if (line.starts_with(forwarding)) return true;
  if (!line.starts_with('[')) return false;
  auto const end = line.find("] ");
  if (end == std::string_view::npos) return false;
  auto const rest = line.substr(end + 2);
  return rest.starts_with("[[") || rest.find("sent help message help-") != std::string_view::npos ||
         rest.starts_with("Set MCA parameter \"orte_base_help_aggregate\"");
}

// A text read from left to right by what must come next. Once something did not come, nothing more does.
class Reading {
 public:
  explicit Reading(std::string_view rest) : rest_(rest) {}

  Reading& past(std::string_view expected) {
    if (rest_.starts_with(expected))
      rest_.remove_prefix(expected.size());
    else
      fail();
    return *this;
  }
  // Up to one of the bytes of `ends`, at least one byte.
  Reading& word(std::string_view ends, std::string_view& found) {
    found = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(found.size());
    if (found.empty()) fail();
    return *this;
  }
  Reading& number(int& found) {
    auto const [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), found);
    if (error == std::errc())
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    else
      fail();
    return *this;
  }
  [[nodiscard]] bool ok() const noexcept { return ok_; }

 private:
  void fail() {
    ok_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  bool ok_ = true;
};

// "process rank 2 with PID 0 on node node07 exited on signal 9"
std::optional<Death> death_by_mpirun(std::string_view text) {
  Death death;
  std::string_view process, host;
  Reading reading(text);
  reading.past("process rank ").number(death.rank).past(" with PID ").word(" \n", process).past(" on node ");
  if (!reading.word(" \n", host).past(" exited on signal ").number(death.signal).ok()) return std::nullopt;
  death.host = host;
  return death;
}

// "srun: error: n2: task 3: Segmentation fault", "srun: error: n1: tasks 0-1: Killed"
std::optional<Death> death_by_srun(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, int>, 3> ways{
      {{"Killed", 9}, {"Segmentation fault", 11}, {"Aborted", 6}}};
  Death death;
  std::string_view host, tasks;
  Reading reading(text);
  reading.past("srun: error: ").word(": \t\n", host).past(": task").word(":\n", tasks).past(": ");
  if (!reading.ok()) return std::nullopt;
  tasks.remove_prefix(tasks.starts_with('s') ? 1 : 0);
  if (!Reading(tasks).past(" ").number(death.rank).ok()) return std::nullopt;
  for (auto const& [how, signal] : ways)
    if (auto rest = reading; rest.past(how).ok()) {
      death.signal = signal;
      death.host = host;
      return death;
    }
  return std::nullopt;
}

}  // namespace

bool BannerFilter::may_be_mpiruns() const {
  if (line_.starts_with('[')) return line_.size() < 4096;
  if (line_.starts_with(forwarding.substr(0, line_.size()))) return true;
  return line_.size() <= longest_mark && line_.find_first_not_of('-') == std::string::npos;
}

void BannerFilter::take_line(Parts& parts) {
  bool const dashed = is_dashed(line_);
  if (!block_.empty()) {
    block_ += line_;
    ++block_lines_;
    if (dashed) {
      parts.banner += block_;
      block_.clear();
    } else if (block_lines_ > longest_banner) {
      parts.text += block_;
      block_.clear();
    }
  } else if (dashed) {
    block_ = line_;
    block_lines_ = 1;
  } else if (is_runtime_log(line_)) {
    parts.banner += line_;
  } else {
    parts.text += line_;
  }
  line_.clear();
}

BannerFilter::Parts BannerFilter::feed(std::string_view chunk) {
  Parts parts;
  while (!chunk.empty()) {
    auto const end = chunk.find('\n');
    auto const piece = chunk.substr(0, end == std::string_view::npos ? chunk.size() : end + 1);
    chunk.remove_prefix(piece.size());
    bool const ends = piece.ends_with('\n');
    if (passing_) {
      parts.text += piece;
      passing_ = !ends;
      continue;
    }
    line_ += piece;
    if (ends) {
      take_line(parts);
    } else if (block_.empty() && !may_be_mpiruns()) {
      parts.text += line_;
      line_.clear();
      passing_ = true;
    }
  }
  return parts;
}

BannerFilter::Parts BannerFilter::finish() {
  Parts parts;
  parts.text = block_ + line_;
  block_.clear();
  line_.clear();
  passing_ = false;
  return parts;
}

std::optional<Death> death_in(std::string_view text) {
  constexpr std::string_view mpiruns = "process rank ", sruns = "srun: error: ";
  for (auto rest = text; true; rest.remove_suffix(1)) {  // from the last one back
    auto const at = rest.rfind(mpiruns);
    if (at == std::string_view::npos) break;
    if (auto death = death_by_mpirun(text.substr(at))) return death;
    rest = rest.substr(0, at + mpiruns.size());
  }
  // srun names the one that died first, then those that it has killed.
  for (auto at = text.find(sruns); at != std::string_view::npos; at = text.find(sruns, at + 1))
    if (auto death = death_by_srun(text.substr(at))) return death;
  return std::nullopt;
}

}  // namespace pel::launch
