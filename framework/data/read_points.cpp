#include "data/read_points.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "data/generated_rows.hpp"
#include "data/keeping.hpp"
#include "data/line_check.hpp"
#include "data/number_line.hpp"
#include "data/placed_lines.hpp"
#include "data/record_reader.hpp"
#include "engine/memory.hpp"
#include "pel/error.hpp"
#include "store/result_name.hpp"

namespace pel::data {
namespace {

// Blank, or names of columns in front of a file: no point.
bool holds_no_point(PlacedLine const& line) {
  return line.text.find_first_not_of(" \t") == std::string_view::npos || (line.first && is_heading(line.text));
}

// Nothing but nan and inf gives nan when multiplied by 0; eight sums fill vector registers.
bool all_finite(std::span<double const> values) noexcept {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> sums{};
  std::size_t i = 0;
  for (; i + lanes <= values.size(); i += lanes)
    for (std::size_t k = 0; k < lanes; ++k) sums[k] += values[i + k] * 0.0;
  for (; i < values.size(); ++i) sums[0] += values[i] * 0.0;
  return std::all_of(sums.begin(), sums.end(), [](double sum) { return sum == 0; });
}

class BinaryPoints final : public Node<Point>, public Lookup<Point> {
 public:
  BinaryPoints(std::shared_ptr<Flow> flow, TextInput input, std::size_t width, PointCheck wanted, Reread reread)
      : Node(std::move(flow)),
        width_(width),
        records_(std::move(input), width * sizeof(double)),
        wanted_(std::move(wanted)),
        may_map_(reread == Reread::mapped) {}
  ~BinaryPoints() override {
    if (memory_) memory_->unmap(mapped_);
  }
  BinaryPoints(BinaryPoints const&) = delete;
  BinaryPoints& operator=(BinaryPoints const&) = delete;

  void prepare(bool) override {
    auto& flow = *this->flow();
    checked_.resize(flow.partitions());
    if (!std::exchange(may_map_, false)) return;
    memory_ = flow.memory();
    auto const mine = (records_.records() / flow.partitions() + 1) * flow.slots() * records_.record_bytes();
    flow.open("points", [&] {
      if (mine <= memory_->for_datasets()) resident_ = records_.resident();
    });
    if (!resident_) return;
    mapped_ = mine;
    memory_->map(mapped_);
  }

  void show(Step& step, Sink sink) override {
    auto const part = step.partition();
    auto& checked = checked_[part.index()];
    auto row = records_.share(part).begin;
    auto const use = [&](std::span<std::byte const> bytes) {
      auto const* const numbers = reinterpret_cast<double const*>(bytes.data());  // rows lie as they are aligned
      std::span const values(numbers, bytes.size() / sizeof(double));
      if (checked == 0) check(values, row);
      row += values.size() / width_;
      sink(Points(values, width_));
    };
    if (resident_)
      resident_->read(part, [&](std::span<std::byte const> bytes) {  // blocks end where they do when files are read
        for (auto const block = records_.block_bytes(); !bytes.empty();
             bytes = bytes.subspan(std::min(block, bytes.size())))
          use(bytes.first(std::min(block, bytes.size())));
      });
    else
      records_.read(part, use);
    checked = 1;
  }
  [[nodiscard]] Lookup<Point> const* lookup() const override { return this; }
  [[nodiscard]] ByteRange share(Partition part) const override { return records_.share(part); }
  [[nodiscard]] std::uint64_t total() const override { return records_.records(); }
  void show(std::uint64_t number, base::FunctionRef<void(std::span<double const> const&)> sink) const override {
    std::vector<double> row(width_);
    records_.read_at(number, std::as_writable_bytes(std::span(row)));
    check(row, number);
    sink(row);
  }

 private:
  // Throws: BadData for a number that is not finite, or not what is wanted, of values from row `first` on.
  void check(std::span<double const> values, std::uint64_t first) const {
    if (wanted_ || !all_finite(values))
      for (auto const row : Points(values, width_)) check_row(row, first++);
  }
  void check_row(std::span<double const> row, std::uint64_t number) const {
    for (std::size_t i = 0; i < row.size(); ++i)
      if (!std::isfinite(row[i])) records_.refuse(number, i * sizeof(double), "a number that is not finite");
    if (!wanted_) return;
    if (auto const problem = wanted_(row)) records_.refuse(number, problem->number * sizeof(double), problem->why);
  }

  std::size_t width_;
  RecordReader records_;
  PointCheck wanted_;
  std::vector<std::uint8_t> checked_;  // by partition: whether its values are known to be as they should
  bool may_map_;
  std::shared_ptr<ResidentRecords const> resident_;  // none: files are read
  std::shared_ptr<engine::Memory> memory_;
  std::uint64_t mapped_ = 0;  // bytes told to it
};

class CsvPoints final : public KeepingNode<Point> {
 public:
  CsvPoints(std::shared_ptr<Flow> flow, TextInput input, std::size_t width, PointCheck wanted, std::uint64_t max_bad)
      : KeepingNode(std::move(flow)),
        input_(std::move(input)),
        width_(width),
        wanted_(std::move(wanted)),
        check_(std::make_shared<LineCheck>(input_, max_bad, [this](Partition part, LineCheck::Found found) {
          for_each_block(
              part, [](Points const&) {}, found);
        })) {}

 private:
  void ready() override { LineCheck::before(check_, *flow()); }
  void read(Step& step, Sink sink) override {
    for_each_block(step.partition(), sink, [&](BadLine line) { check_->meet(line); });
  }

  void for_each_block(Partition part, Sink sink, LineCheck::Found bad) const {
    std::vector<double> values;
    auto const flush = [&] {
      if (!values.empty()) sink(Points(values, width_));
      values.clear();
    };
    for_each_line(
        input_, part,
        [&](PlacedLine const& line) {
          if (holds_no_point(line)) return;
          auto const before = values.size();
          if (auto problem = parse(line, values)) {
            values.resize(before);
            auto const source = static_cast<std::uint32_t>(&line.source - input_.sources().data());
            bad({source, line.offset, static_cast<std::uint32_t>(problem->column), std::move(problem->why)});
          }
          if (values.size() == block_elements * width_) flush();
        },
        [] {});
    flush();
  }

  struct Problem {
    std::size_t column;
    std::string why;
  };
  // Adds the numbers of a line.
  std::optional<Problem> parse(PlacedLine const& line, std::vector<double>& values) const {
    NumberLine numbers(line.text);
    std::size_t n = 0;
    double number = 0;
    for (; numbers.next(number); ++n) {
      if (n == width_)
        return Problem{numbers.column(), "more than the " + std::to_string(width_) + " numbers of the first point"};
      values.push_back(number);
    }
    if (numbers.bad()) return Problem{numbers.column(), numbers.problem()};
    if (n < width_)
      return Problem{line.text.size() + 1,
                     std::to_string(n) + " numbers, " + std::to_string(width_) + " in the first point"};
    if (!wanted_) return std::nullopt;
    if (auto const problem = wanted_(std::span(values).last(width_)))
      return Problem{column_of(line, problem->number), problem->why};
    return std::nullopt;
  }
  // Where a number of a line stands.
  static std::size_t column_of(PlacedLine const& line, std::size_t number) {
    NumberLine numbers(line.text);
    double ignored = 0;
    for (std::size_t i = 0; i <= number; ++i) (void)numbers.next(ignored);
    return numbers.column();
  }

  TextInput input_;
  std::size_t width_;
  PointCheck wanted_;
  std::shared_ptr<LineCheck> check_;
};

// How many numbers a binary point has: what generators say goes without saying.
std::size_t width_of(TextInput const& input, std::size_t width) {
  for (auto const& source : input.sources()) {
    if (!source.made) continue;
    auto const its_own = source.made->numbers();
    if (its_own == 0) throw UsageError(source.name, "makes no points");
    if (width != 0 && width != its_own)
      throw UsageError(source.name, "makes points of " + std::to_string(its_own) + " numbers; what is read here are " +
                                        std::to_string(width) + " a point");
    width = its_own;
  }
  return width;
}

}  // namespace

std::shared_ptr<Node<Point>> read_binary_points(std::shared_ptr<Flow> flow, TextInput input, std::size_t width,
                                                PointCheck check, Reread reread) {
  width = width_of(input, width);
  if (width == 0) throw UsageError("--dimensions", "binary points need it: how many numbers a point has");
  if (width > widest_point)
    throw UsageError("--dimensions",
                     std::to_string(width) + ": a point has " + std::to_string(widest_point) + " numbers at most");
  return std::make_shared<BinaryPoints>(std::move(flow), std::move(input), width, std::move(check), reread);
}

std::shared_ptr<Node<Point>> read_csv_points(std::shared_ptr<Flow> flow, TextInput input, std::size_t width,
                                             PointCheck check, std::uint64_t max_bad) {
  return std::make_shared<CsvPoints>(std::move(flow), std::move(input), width, std::move(check), max_bad);
}

std::size_t csv_width(TextInput const& input) {
  constexpr Partition all{PartitionId{0}, 1};
  struct Found {
    std::size_t width;
  };
  std::optional<BadData> first_bad;
  try {
    for_each_line(
        input, all,
        [&](PlacedLine const& line) {
          if (holds_no_point(line)) return;
          NumberLine numbers(line.text);
          std::size_t width = 0;
          for (double number = 0; numbers.next(number); ++width) {
          }
          if (!numbers.bad()) throw Found{width};
          if (!first_bad) first_bad = line.refused(numbers.column(), numbers.problem());
        },
        [] {});
  } catch (Found const& found) {
    return found.width;
  }
  if (first_bad) throw BadData(*first_bad);
  throw BadData(input.sources().empty() ? "the input" : input.sources().front().name, 0, 0, -1, "holds no point");
}

bool is_text_name(std::string_view name) {
  name = store::without_packing(name);
  return name.ends_with(".csv") || name.ends_with(".tsv") || name.ends_with(".txt");
}

bool are_texts(TextInput const& input) {
  auto const& sources = input.sources();
  auto const texts = std::count_if(sources.begin(), sources.end(), [](auto const& s) { return is_text_name(s.name); });
  if (texts != 0 && texts != static_cast<std::ptrdiff_t>(sources.size()))
    throw BadData(sources.front().name, 0, 0, -1, "texts and binary files are mixed: points come from one kind");
  return texts != 0;
}

}  // namespace pel::data
