// Writes a dataset as a table: text with a line an element, or HDF5 with a dataset a column, by the name of the path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "data/element.hpp"
#include "data/pipe.hpp"
#include "data/table_file.hpp"
#include "data/table_rows.hpp"
#include "data/write_lines.hpp"

namespace pel::data {

// Columns of an element: entries have "key" and "value", all else has "value". Collects rows until they are given away.
template <class T>
class TableColumns {
 public:
  void add(ViewOf<T> const& element) { values_.add(element); }
  [[nodiscard]] std::size_t bytes() const noexcept { return values_.bytes(); }
  void give(TableFile& table, Step& step) { table.add(step, 0, values_.take()); }
  [[nodiscard]] static std::vector<engine::Column> headings() { return {ColumnPieceOf<T>::heading("value")}; }
  static void format(ViewOf<T> const& element, TextOut& out) { out << element << '\n'; }

 private:
  ColumnPieceOf<T> values_;
};

template <class K, class V>
class TableColumns<Entry<K, V>> {
 public:
  void add(ViewOf<Entry<K, V>> const& entry) {
    keys_.add(entry.key);
    values_.add(entry.value);
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return keys_.bytes() + values_.bytes(); }
  void give(TableFile& table, Step& step) {
    table.add(step, 0, keys_.take());
    table.add(step, 1, values_.take());
  }
  [[nodiscard]] static std::vector<engine::Column> headings() {
    return {ColumnPieceOf<K>::heading("key"), ColumnPieceOf<V>::heading("value")};
  }
  static void format(ViewOf<Entry<K, V>> const& entry, TextOut& out) { out << entry.key << ' ' << entry.value << '\n'; }

 private:
  ColumnPieceOf<K> keys_;
  ColumnPieceOf<V> values_;
};

// Returns how many elements there are.
template <class Source>
std::uint64_t write_table(Source source, std::vector<std::string> const& paths) {
  using T = typename Source::Element;
  using Columns = TableColumns<T>;
  auto const format = [](ViewOf<T> const& element, TextOut& out) { Columns::format(element, out); };
  std::vector<std::string> texts, tables;
  for (auto const& path : paths) (is_hdf5_path(path) ? tables : texts).push_back(path);
  if (tables.empty()) return write_lines(std::move(source), paths, format);
  auto& flow = *source.flow();
  TextFile text(flow, texts);
  TableFile table(flow, Columns::headings(), tables);
  source.prepare();
  flow.superstep(
      "write",
      [&](Step& step) {
        TextOut out;
        Columns columns;
        std::uint64_t elements = 0;
        source.run(step, [&](auto const& element) {
          Columns::format(element, out);
          columns.add(element);
          ++elements;
          if (out.text().size() >= TextFile::piece_bytes) text.add(step, out.take());
          if (columns.bytes() >= TextFile::piece_bytes) columns.give(table, step);
        });
        columns.give(table, step);
        text.take(step, out.take(), elements);
        table.take(step);
      },
      [&](Contributions all) {
        text.learn(all);
        table.learn(all);
      },
      source.passing());
  for (auto const& path : paths) {
    if (is_hdf5_path(path))
      table.write(path);
    else
      text.write(path);
  }
  return text.elements();
}

// Of counts of texts, the commonest of all, it is compiled once, in the library.
extern template std::uint64_t write_table(Tap<Entry<std::string, std::int64_t>> source,
                                          std::vector<std::string> const& paths);

}  // namespace pel::data
