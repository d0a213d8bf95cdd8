#include "launch/banner.hpp"

#include <charconv>
#include <cstddef>
#include <regex>

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

int number_of(std::string const& text) {
  int value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
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
  std::string const all(text);
  static std::regex const banner(R"(process rank (\d+) with PID \S+ on node (\S+) exited on signal (\d+))");
  static std::regex const step(R"(srun: error: ([^:\s]+): tasks? (\d+)[^:\n]*: (Killed|Segmentation fault|Aborted))");
  std::optional<Death> death;
  for (std::sregex_iterator it(all.begin(), all.end(), banner), end; it != end; ++it)
    death = Death{.signal = number_of((*it)[3]), .rank = number_of((*it)[1]), .host = (*it)[2]};
  if (death) return death;
  // srun names the one that died first, then those that it has killed.
  std::smatch match;
  if (!std::regex_search(all, match, step)) return std::nullopt;
  auto const& how = match[3];
  return Death{.signal = how == "Killed"    ? 9
                         : how == "Aborted" ? 6
                                            : 11,
               .rank = number_of(match[2]),
               .host = match[1]};
}

}  // namespace pel::launch
