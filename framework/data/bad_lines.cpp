#include "data/bad_lines.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include "data/line_blocks.hpp"

namespace pel::data {
namespace {

bool earlier(BadLine const& a, BadLine const& b) noexcept {
  return std::tie(a.file, a.offset) < std::tie(b.file, b.offset);
}

void put(std::vector<std::byte>& bytes, std::uint64_t number) {
  auto const at = bytes.size();
  bytes.resize(at + sizeof number);
  std::memcpy(bytes.data() + at, &number, sizeof number);
}

std::uint64_t take(std::span<std::byte const>& bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  bytes = bytes.subspan(sizeof number);
  return number;
}

}  // namespace

void BadLines::add(BadLine line) {
  ++count_;
  if (first_.size() == most_kept && !earlier(line, first_.back())) return;
  first_.insert(std::upper_bound(first_.begin(), first_.end(), line, earlier), std::move(line));
  if (first_.size() > most_kept) first_.pop_back();
}

void BadLines::add(BadLines const& others) {
  for (auto const& line : others.first_) add(line);
  count_ += others.count_ - others.first_.size();
}

std::vector<std::int64_t> BadLines::line_numbers(Texts text) const {
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < first_.size(); ++i) {
    auto const& line = first_[i];
    bool const goes_on = i > 0 && first_[i - 1].file == line.file;
    auto const before = goes_on ? first_[i - 1].offset : 0;
    numbers.push_back((goes_on ? numbers.back() : 1) + line_ends(text(line.file), before, line.offset));
  }
  return numbers;
}

std::string BadLines::place(Texts text, std::size_t i, std::int64_t number) const {
  return text(first_[i].file).name + ":" + std::to_string(number) + ":" + std::to_string(first_[i].column) + ": " +
         first_[i].problem;
}

std::vector<std::string> BadLines::places(Texts text) const {
  auto const numbers = line_numbers(text);
  std::vector<std::string> places;
  for (std::size_t i = 0; i < first_.size(); ++i) places.push_back(place(text, i, numbers[i]));
  return places;
}

BadData BadLines::error(Texts text) const {
  auto const& first = first_.front();
  auto const numbers = line_numbers(text);
  std::string others;
  for (std::size_t i = 1; i < first_.size(); ++i) others += (i > 1 ? "\n" : "") + place(text, i, numbers[i]);
  return {text(first.file).name, numbers.front(), first.column, -1, first.problem, static_cast<std::int64_t>(count_),
          std::move(others)};
}

std::vector<std::byte> BadLines::pack() const {
  std::vector<std::byte> bytes;
  put(bytes, count_);
  put(bytes, first_.size());
  for (auto const& line : first_) {
    for (std::uint64_t const number : {std::uint64_t{line.file}, line.offset, std::uint64_t{line.column}})
      put(bytes, number);
    put(bytes, line.problem.size());
    auto const* const text = reinterpret_cast<std::byte const*>(line.problem.data());
    bytes.insert(bytes.end(), text, text + line.problem.size());
  }
  return bytes;
}

BadLines BadLines::unpack(std::span<std::byte const> bytes) {
  BadLines lines;
  lines.count_ = take(bytes);
  lines.first_.resize(take(bytes));
  for (auto& line : lines.first_) {
    line.file = static_cast<std::uint32_t>(take(bytes));
    line.offset = take(bytes);
    line.column = static_cast<std::uint32_t>(take(bytes));
    auto const size = take(bytes);
    line.problem.assign(reinterpret_cast<char const*>(bytes.data()), size);
    bytes = bytes.subspan(size);
  }
  return lines;
}

}  // namespace pel::data
