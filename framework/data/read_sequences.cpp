#include "data/read_sequences.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "data/byte_range.hpp"
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

// The letters of the cursor's line, without blanks at its end. Throws: BadData.
std::string_view letters_of(LineCursor const& line) {
  auto const letters = line.text().substr(0, line.text().find_last_not_of(" \t\r") + 1);
  unsigned bad = 0;
  for (auto const sign : letters) bad |= static_cast<unsigned>(!is_letter(sign));  // a loop for vector registers
  if (bad == 0) return letters;
  auto const at =
      static_cast<std::size_t>(std::find_if_not(letters.begin(), letters.end(), is_letter) - letters.begin());
  line.refuse(at + 1, "\"" + std::string(letters.substr(at, 1)) + "\" is no letter of a sequence");
}

bool is_blank(std::string_view line) noexcept { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

// One sequence at a time, given line by line.
class Sequence {
 public:
  Sequence(Pieces& pieces, std::size_t overlap) : pieces_(pieces), overlap_(overlap) {}

  void add(std::string_view letters) {
    letters_ += letters;
    if (letters_.size() < overlap_ + piece_letters) return;
    pieces_.add(letters_);
    letters_.erase(0, letters_.size() - overlap_);
    shown_ = overlap_;
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

void read_fasta(TextSource const& source, ByteRange range, std::size_t overlap, Pieces& pieces) {
  LineCursor line(source, range.begin);
  Sequence sequence(pieces, overlap);
  while (line.next() && line.offset() < range.end) {
    if (line.text().starts_with('>'))
      sequence.end();
    else
      sequence.add(letters_of(line));
  }
  // The windows that begin here end behind the cut.
  for (auto left = sequence.has_begun() ? overlap : 0; left > 0 && line.offset() < source.size;) {
    if (line.text().starts_with('>')) break;
    auto const letters = letters_of(line).substr(0, left);
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

// The rest of a record whose first line the cursor is at. `letters`: memory for the sequence.
void read_record(LineCursor& line, std::string& letters) {
  if (!line.text().starts_with('@')) line.refuse(1, "expected @ and the name of a record");
  auto const missing = [&](char const* what) { line.refuse(1, std::string("the file ends before ") + what); };
  if (!line.next()) missing("the sequence of its last record");
  letters = letters_of(line);
  if (!line.next()) missing("the + of its last record");
  if (!line.text().starts_with('+')) line.refuse(1, "expected +: a record has four lines");
  if (!line.next()) {
    if (letters.empty()) return;  // a line without a letter or an end is none
    missing("the qualities of its last record");
  }
  auto const qualities = line.text().substr(0, line.text().find_last_not_of(" \t\r") + 1);
  if (qualities.size() != letters.size())
    line.refuse(std::min(qualities.size(), letters.size()) + 1,
                std::to_string(qualities.size()) + " qualities of " + std::to_string(letters.size()) + " letters");
}

void read_fastq(TextSource const& source, ByteRange range, Pieces& pieces) {
  auto const begin = record_start(source, range.begin), end = record_start(source, range.end);
  if (begin == end) return;
  std::string letters;
  LineCursor line(source, begin);
  while (line.next() && line.offset() < end) {
    if (is_blank(line.text())) continue;
    read_record(line, letters);
    if (!letters.empty()) pieces.add(letters);
  }
  if (line.offset() != end) line.refuse(1, "expected @ and the name of a record further up: a record is not whole");
}

class SequencesNode final : public Node<std::string> {
 public:
  SequencesNode(std::shared_ptr<Flow> flow, TextInput input, std::vector<SequenceFormat> formats, std::size_t overlap)
      : Node(std::move(flow)), input_(std::move(input)), formats_(std::move(formats)), overlap_(overlap) {}
  void prepare(bool) override {}

  void show(Step& step, Sink sink) override { for_each_piece(input_, formats_, step.partition(), overlap_, sink); }

 private:
  TextInput input_;
  std::vector<SequenceFormat> formats_;  // by source
  std::size_t overlap_;
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
                    std::size_t overlap, base::FunctionRef<void(std::span<std::string_view const>)> sink) {
  Pieces pieces(sink);
  auto const share = share_of(input.size(), part.index(), part.count);
  std::uint64_t begin = 0;
  for (std::size_t i = 0; i < formats.size(); ++i) {
    auto const& source = input.sources()[i];
    auto const end = begin + source.size;
    if (end > share.begin && begin < share.end) {
      ByteRange const range{std::max(share.begin, begin) - begin, std::min(share.end, end) - begin};
      if (formats[i] == SequenceFormat::fasta)
        read_fasta(source, range, overlap, pieces);
      else
        read_fastq(source, range, pieces);
    }
    begin = end;
  }
  pieces.flush();
}

std::shared_ptr<Node<std::string>> read_sequences(std::shared_ptr<Flow> flow, TextInput input,
                                                  std::vector<SequenceFormat> formats, std::size_t overlap) {
  return std::make_shared<SequencesNode>(std::move(flow), std::move(input), std::move(formats), overlap);
}

}  // namespace pel::data
