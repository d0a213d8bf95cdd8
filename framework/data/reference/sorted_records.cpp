#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/comparison.hpp"
#include "data/reference/references.hpp"
#include "pel/error.hpp"

namespace pel::data::reference {

Reference sorted_records(std::vector<std::string> names, std::size_t record_bytes, std::size_t key_bytes) {
  return [names = std::move(names), record_bytes, key_bytes](std::size_t) {
    auto const input = whole(TextInput::open(names, never_sniffed));
    std::vector<std::string_view> records;
    for (auto const& source : input.sources()) {
      if (source.size % record_bytes != 0)
        throw BadData(source.name, 0, 0, static_cast<std::int64_t>(source.size), "has changed since the run");
      for (std::size_t at = 0; at < source.size; at += record_bytes)
        records.push_back(std::string_view(*source.held).substr(at, record_bytes));
    }
    std::stable_sort(records.begin(), records.end(), [key_bytes](std::string_view a, std::string_view b) {
      return a.substr(0, key_bytes) < b.substr(0, key_bytes);  // compares bytes as unsigned numbers
    });
    std::string sorted;
    sorted.reserve(input.size());
    for (auto const record : records) sorted += record;
    return sorted;
  };
}

}  // namespace pel::data::reference
