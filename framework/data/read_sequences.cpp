#include "data/read_sequences.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "data/byte_range.hpp"
#include "data/line_check.hpp"
#include "data/line_cursor.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

constexpr std::size_t piece_letters = std::size_t{16} << 10U;  // of a long sequence
constexpr std::size_t most_held = std::size_t{256} << 10U;     // letters of pieces that go on together

// Gathers pieces, and shows them in blocks.
class Pieces {
 public:
  explicit Pieces(Node<std::string>::Sink sink) : sink_(sink) {}
  void add(std::string_view piece) {
    column_.add(piece);
    if (column_.size() == block_elements || column_.text().size() >= most_held) flush();
  }
  void flush() {
    show_blocks(column_, sink_);
    column_.clear();
  }

 private:
  Node<std::string>::Sink sink_;
  Column<std::string> column_;
};

bool is_letter(char sign) noexcept {
  auto const small = static_cast<unsigned char>(static_cast<unsigned char>(sign) | 0x20U);
  return (small >= 'a' && small <= 'z') || sign == '*' || sign == '-' || sign == '.';
}

// What is wrong: in which line, and why.
struct Problem {
  std::uint64_t offset;
  std::size_t column;
  std::string why;
};

// Takes the letters of a line, without blanks at its end.
std::optional<Problem> take_letters(std::string_view line, std::uint64_t offset, std::string_view& letters) {
  letters = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  unsigned bad = 0;
  for (auto const sign : letters) bad |= static_cast<unsigned>(!is_letter(sign));  // a loop for vector registers
  if (bad == 0) return std::nullopt;
  auto const at =
      static_cast<std::size_t>(std::find_if_not(letters.begin(), letters.end(), is_letter) - letters.begin());
  return Problem{offset, at + 1, "\"" + std::string(letters.substr(at, 1)) + "\" is no letter of a sequence"};
}

using Tell = base::FunctionRef<void(Problem)>;

bool is_blank(std::string_view line) noexcept { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

// One sequence at a time, given line by line.
class Sequence {
 public:
  Sequence(Pieces& pieces, std::size_t overlap) : pieces_(pieces), overlap_(overlap) {}

  void add(std::string_view letters) {
    while (!letters.empty()) {
      auto const part = letters.substr(0, overlap_ + piece_letters);  // a line may be a whole chromosome
      letters.remove_prefix(part.size());
      letters_ += part;
      if (letters_.size() < overlap_ + piece_letters) continue;
      pieces_.add(letters_);
      letters_.erase(0, letters_.size() - overlap_);
      shown_ = overlap_;
    }
  }
  [[nodiscard]] bool has_begun() const noexcept { return !letters_.empty(); }
  void end() {
    if (letters_.size() > shown_) pieces_.add(letters_);
    letters_.clear();
    shown_ = 0;
  }

 private:
  Pieces& pieces_;
  std::size_t overlap_;
  std::string letters_;
  std::size_t shown_ = 0;  // letters in front that the last piece has, too
};

// A bad line ends its sequence, and what follows it is another: no window goes over what was left out.
void read_fasta(TextSource const& source, ByteRange range, std::size_t overlap, Pieces& pieces, Tell bad) {
  LineCursor line(source, range.begin);
  Sequence sequence(pieces, overlap);
  std::string_view letters;
  while (line.next() && line.offset() < range.end) {
    if (line.text().starts_with('>')) {
      sequence.end();
    } else if (auto problem = take_letters(line.text(), line.offset(), letters)) {
      bad(std::move(*problem));
      sequence.end();
    } else {
      sequence.add(letters);
    }
  }
  // The windows that begin here end behind the cut. What is bad there is told by the partition whose line it is.
  for (auto left = sequence.has_begun() ? overlap : 0; left > 0 && line.offset() < source.size;) {
    if (line.text().starts_with('>') || take_letters(line.text(), line.offset(), letters)) break;
    letters = letters.substr(0, left);
    sequence.add(letters);
    left -= letters.size();
    if (!line.next()) break;
  }
  sequence.end();
}

// Where the first record starts at or behind an offset. Of four lines only the first begins with '@' and is two before
// one with '+': a line of qualities may begin with '@', but the second after it is a sequence.
std::uint64_t record_start(TextSource const& source, std::uint64_t from) {
  if (from == 0 || from >= source.size) return std::min(from, source.size);
  LineCursor line(source, from);
  std::uint64_t before_last = 0, last = 0;
  bool before_last_marked = false, last_marked = false;
  while (line.next()) {
    if (before_last_marked && line.text().starts_with('+')) return before_last;
    before_last = std::exchange(last, line.offset());
    before_last_marked = std::exchange(last_marked, line.text().starts_with('@'));
  }
  return source.size;
}

// The records of a FASTQ file, one by one, from an offset on.
class Records {
 public:
  Records(TextSource const& source, std::uint64_t from) : line_(source, from), there_(line_.next()) {}

  [[nodiscard]] bool at_end() const noexcept { return !there_; }
  // Where the next one begins, or the file ends.
  [[nodiscard]] std::uint64_t offset() const noexcept { return resumed_ ? start_ : line_.offset(); }
  // Passes over blank lines.
  void skip_blank() {
    while (there_ && !resumed_ && is_blank(line_.text())) there_ = line_.next();
  }
  // Reads the next one. If something is wrong with it, the cursor stays at the line in question.
  [[nodiscard]] std::optional<Problem> read() {
    if (!std::exchange(resumed_, false)) {
      if (!line_.text().starts_with('@')) return here(1, "expected @ and the name of a record");
      if (!next()) return here(1, "the file ends before the sequence of its last record");
      if (auto problem = keep_letters(line_.text(), line_.offset())) return problem;
      if (!next()) return here(1, "the file ends before the + of its last record");
    } else if (auto problem = keep_letters(sequence_, sequence_at_)) {
      return problem;
    }
    return read_qualities();
  }
  [[nodiscard]] std::string const& letters() const noexcept { return letters_; }

  // After a problem: goes on to where the next record may begin, by the signs that record_start() goes by.
  void resume() {
    bool before_last_marked = false, last_marked = false;
    for (std::uint64_t before_last = 0; there_; there_ = line_.next()) {
      if (before_last_marked && line_.text().starts_with('+')) {
        start_ = before_last;
        resumed_ = true;
        return;
      }
      before_last = sequence_at_;
      before_last_marked = std::exchange(last_marked, line_.text().starts_with('@'));
      sequence_ = line_.text();
      sequence_at_ = line_.offset();
    }
  }

 private:
  bool next() { return there_ = line_.next(); }
  [[nodiscard]] Problem here(std::size_t column, std::string why) const {
    return {line_.offset(), column, std::move(why)};
  }
  std::optional<Problem> keep_letters(std::string_view line, std::uint64_t offset) {
    std::string_view letters;
    auto problem = take_letters(line, offset, letters);
    if (!problem) letters_ = letters;
    return problem;
  }
  std::optional<Problem> read_qualities() {
    if (!line_.text().starts_with('+')) return here(1, "expected +: a record has four lines");
    if (!next()) {
      if (letters_.empty()) return std::nullopt;  // a line without a letter or an end is none
      return here(1, "the file ends before the qualities of its last record");
    }
    auto const n = line_.text().find_last_not_of(" \t\r") + 1;
    if (n != letters_.size())
      return here(std::min(n, letters_.size()) + 1,
                  std::to_string(n) + " qualities of " + std::to_string(letters_.size()) + " letters");
    next();
    return std::nullopt;
  }

  LineCursor line_;
  bool there_;            // whether the cursor is at a line
  std::string letters_;   // of the record read
  bool resumed_ = false;  // the cursor is at the + of the next record, whose first lines are these
  std::uint64_t start_ = 0, sequence_at_ = 0;
  std::string sequence_;
};

void read_fastq(TextSource const& source, ByteRange range, Pieces& pieces, Tell bad) {
  auto const begin = record_start(source, range.begin), end = record_start(source, range.end);
  if (begin == end) return;
  Records records(source, begin);
  for (records.skip_blank(); !records.at_end() && records.offset() < end; records.skip_blank()) {
    auto problem = records.read();
    if (!problem && records.offset() > end)  // where the next partition begins
      problem = {records.offset(), 1, "expected @ and the name of a record further up: a record is not whole"};
    if (problem) {
      bad(std::move(*problem));
      records.resume();
    } else if (!records.letters().empty()) {
      pieces.add(records.letters());
    }
  }
}

class SequencesNode final : public Node<std::string> {
 public:
  SequencesNode(std::shared_ptr<Flow> flow, TextInput input, std::vector<SequenceFormat> formats, std::size_t overlap,
                std::uint64_t max_bad)
      : Node(std::move(flow)),
        input_(std::move(input)),
        formats_(std::move(formats)),
        overlap_(overlap),
        check_(std::make_shared<LineCheck>(input_, max_bad, [this](Partition part, LineCheck::Found found) {
          for_each_piece(
              input_, formats_, part, overlap_, [](auto const&) {}, found);
        })) {}
  void prepare(bool) override { LineCheck::before(check_, *flow()); }

  void show(Step& step, Sink sink) override {
    for_each_piece(input_, formats_, step.partition(), overlap_, sink, [&](BadLine line) { check_->meet(line); });
  }

 private:
  TextInput input_;
  std::vector<SequenceFormat> formats_;  // by source
  std::size_t overlap_;
  std::shared_ptr<LineCheck> check_;
};

}  // namespace

std::vector<SequenceFormat> sequence_formats(TextInput const& input) {
  std::vector<SequenceFormat> formats;
  for (auto const& source : input.sources()) {
    auto format = SequenceFormat::fasta;  // of a file without a line, too
    LineCursor line(source, 0);
    while (line.next()) {
      if (is_blank(line.text())) continue;
      if (line.text().starts_with('@'))
        format = SequenceFormat::fastq;
      else if (!line.text().starts_with('>'))
        line.refuse(1, "neither FASTA (a line that begins with >) nor FASTQ (@)");
      break;
    }
    formats.push_back(format);
  }
  return formats;
}

void for_each_piece(TextInput const& input, std::vector<SequenceFormat> const& formats, Partition part,
                    std::size_t overlap, base::FunctionRef<void(std::span<std::string_view const>)> sink,
                    base::FunctionRef<void(BadLine)> bad) {
  Pieces pieces(sink);
  auto const share = share_of(input.size(), part.index(), part.count);
  std::uint64_t begin = 0;
  for (std::size_t i = 0; i < formats.size(); ++i) {
    auto const& source = input.sources()[i];
    auto const end = begin + source.size;
    if (end > share.begin && begin < share.end) {
      ByteRange const range{std::max(share.begin, begin) - begin, std::min(share.end, end) - begin};
      auto const tell = [&](Problem problem) {
        bad({static_cast<std::uint32_t>(i), problem.offset, static_cast<std::uint32_t>(problem.column),
             std::move(problem.why)});
      };
      if (formats[i] == SequenceFormat::fasta)
        read_fasta(source, range, overlap, pieces, tell);
      else
        read_fastq(source, range, pieces, tell);
    }
    begin = end;
  }
  pieces.flush();
}

std::shared_ptr<Node<std::string>> read_sequences(std::shared_ptr<Flow> flow, TextInput input,
                                                  std::vector<SequenceFormat> formats, std::size_t overlap,
                                                  std::uint64_t max_bad) {
  return std::make_shared<SequencesNode>(std::move(flow), std::move(input), std::move(formats), overlap, max_bad);
}

}  // namespace pel::data
