// Writes a dataset as a table: text with a line an element, or HDF5 with a dataset a column, by the name of the file.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/element_type.hpp"
#include "data/element.hpp"
#include "data/pipe.hpp"
#include "data/table_file.hpp"
#include "data/write_lines.hpp"

namespace pel::data {

// Columns of an element: entries have "key" and "value", all else has "value".
template <class T>
class TableColumns {
 public:
  void add(ViewOf<T> const& element) {
    if constexpr (EntryParts<T>::is_entry) {
      key_.add(element.key);
      value_.add(element.value);
    } else {
      value_.add(element);
    }
  }
  void give(engine::ResultColumns& columns) && {
    if constexpr (EntryParts<T>::is_entry) columns.add(std::move(key_).finish("key"));
    columns.add(std::move(value_).finish("value"));
  }
  static void format(ViewOf<T> const& element, TextOut& out) {
    if constexpr (EntryParts<T>::is_entry)
      out << element.key << ' ' << element.value << '\n';
    else
      out << element << '\n';
  }

 private:
  template <class C>
  class Values {
   public:
    void add(ViewOf<C> const& value) {
      auto const at = column_.bytes.size();
      if constexpr (Text<C>) {
        column_.text = true;
        column_.bytes.resize(at + value.size());
        if (!value.empty()) std::memcpy(column_.bytes.data() + at, value.data(), value.size());
        column_.ends.push_back(column_.bytes.size());
      } else {
        static_assert(base::Element<C>, "pel: a column of a table holds numbers or texts; write_lines writes all else");
        column_.bytes.resize(at + sizeof value);
        std::memcpy(column_.bytes.data() + at, &value, sizeof value);
      }
      ++column_.rows;
    }
    [[nodiscard]] engine::Column finish(char const* name) && {
      column_.name = name;
      if constexpr (Text<C>)
        column_.text = true;
      else
        column_.type = base::element_type<C>();
      return std::move(column_);
    }

   private:
    engine::Column column_;
  };
  template <class E, bool is_entry>
  struct Kinds {
    using Key = E;
    using Value = E;
  };
  template <class E>
  struct Kinds<E, true> {
    using Key = typename EntryParts<E>::Key;
    using Value = typename EntryParts<E>::Value;
  };
  Values<typename Kinds<T, EntryParts<T>::is_entry>::Key> key_;
  Values<typename Kinds<T, EntryParts<T>::is_entry>::Value> value_;
};

// Returns how many elements there are.
template <class Source>
std::uint64_t write_table(Source source, std::vector<std::string> const& paths) {
  using T = typename Source::Element;
  using Columns = TableColumns<T>;
  auto const format = [](ViewOf<T> const& element, TextOut& out) { Columns::format(element, out); };
  if (std::none_of(paths.begin(), paths.end(), is_hdf5_name)) return write_lines(std::move(source), paths, format);
  auto& flow = *source.flow();
  TextFile text(flow, paths);
  TableFile table(flow);
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
        });
        std::move(columns).give(table.columns(step.slot));
        text.take(step, out.take(), elements);
      },
      [&](Contributions all) { text.learn(all); }, source.passing());
  for (auto const& path : paths) {
    if (is_hdf5_name(path))
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
