#include "data/record_bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "pel/error.hpp"

namespace pel::data {
namespace {

// The records of all sources in a row, one by one.
class RecordByRecord {
 public:
  RecordByRecord(TextInput const& input, std::size_t bytes) : input_(input), bytes_(bytes) {
    for (auto const& source : input.sources())
      if (source.size % bytes != 0)
        throw BadData(source.name, 0, 0, -1,
                      std::to_string(source.size) + " bytes are no whole number of records of " +
                          std::to_string(bytes) + " bytes");
  }

  // The next one; empty behind the last.
  [[nodiscard]] std::string_view next() {
    for (; source_ < input_.sources().size(); ++source_, at_ = 0) {
      std::string_view const text = *input_.sources()[source_].held;
      if (at_ < text.size()) return text.substr(std::exchange(at_, at_ + bytes_), bytes_);
    }
    return {};
  }

 private:
  TextInput const& input_;
  std::size_t bytes_;
  std::size_t source_ = 0, at_ = 0;
};

// A few bytes in hexadecimal.
std::string shown(std::string_view record, std::size_t from) {
  constexpr std::size_t most = 10;
  if (record.empty()) return "no such record";
  std::string text;
  for (auto const letter : record.substr(from, most)) {
    auto const byte = static_cast<unsigned char>(letter);
    text += text.empty() ? "" : " ";
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text + (from + most < record.size() ? " …" : "");
}

Comparison compare(RecordByRecord expected, RecordByRecord found) {
  Comparison result{.things = "records"};
  auto e = expected.next(), f = found.next();
  for (std::uint64_t number = 1; !e.empty() || !f.empty(); ++number) {
    ++result.compared;
    if (e != f)
      result.differs([&] {
        auto const n = std::min(e.size(), f.size());
        auto const from =
            static_cast<std::size_t>(std::mismatch(e.begin(), e.begin() + n, f.begin()).first - e.begin());
        return "record " + std::to_string(number) + ", from its byte " + std::to_string(from + 1) + " on: expected " +
               shown(e, from) + ", found " + shown(f, from);
      });
    e = expected.next();
    f = found.next();
  }
  return result;
}

}  // namespace

Expectation expect_records(TextInput const& golden, std::size_t record_bytes) {
  (void)RecordByRecord(golden, record_bytes);
  return [golden, record_bytes](TextInput const& found) {
    return compare(RecordByRecord(golden, record_bytes), RecordByRecord(found, record_bytes));
  };
}

}  // namespace pel::data
