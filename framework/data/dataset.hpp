// Dataset<T>: the elements of all partitions as one immutable value, and the verbs that make others of it.
//
// Nothing runs until an action asks (write_lines, collect, size, all_reduce, a round of iterate). Narrow verbs
// (map, filter, flat_map, map_partitions) run inside the superstep of what follows, fused at compile time; a wide verb
// (reduce_by_key, sort_by, …) is one exchange. Copies of a handle share the data, the last one frees it; a dataset used
// twice is kept, one used once passes through. Order and bits of every result depend on the number of partitions, the
// input and the seed alone, never on ranks or threads. All ranks run the same program on their main threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/action_verbs.hpp"
#include "data/join_verbs.hpp"
#include "data/keyed_verbs.hpp"
#include "data/named.hpp"
#include "data/pipe.hpp"
#include "data/position_verbs.hpp"
#include "data/sort.hpp"
#include "data/verbs.hpp"
#include "data/write_lines.hpp"
#include "data/write_records.hpp"
#include "data/write_table.hpp"

namespace pel {

// What verbs hang on: a dataset, or narrow verbs over one that have not run yet. Verbs of a temporary take over what it
// holds, so that a chain keeps nothing.
template <class Run>
class Stream : public data::KeyedVerbs<Run>,
               public data::JoinVerbs<Run>,
               public data::PositionVerbs<Run>,
               public data::ActionVerbs<Run> {
 public:
  using Element = typename Run::Element;
  using View = data::ViewOf<Element>;
  explicit Stream(Run run) : run_(std::move(run)) {}

  // f(element) -> another one.
  template <class F>
  [[nodiscard]] auto map(F f) const& {
    return Stream(*this).map(std::move(f));
  }
  template <class F>
  [[nodiscard]] auto map(F f) && {
    using U = data::ElementOf<std::invoke_result_t<F&, View const&>>;
    return narrow<U>([f = std::move(f)](View const& element, auto& sink) { sink(f(element)); });
  }

  // The elements for which keep(element) is true.
  template <class F>
  [[nodiscard]] auto filter(F keep) const& {
    return Stream(*this).filter(std::move(keep));
  }
  template <class F>
  [[nodiscard]] auto filter(F keep) && {
    return narrow<Element>([keep = std::move(keep)](View const& element, auto& sink) {
      if (keep(element)) sink(element);
    });
  }

  // f(element, emit) calls emit(another) any number of times; what it gives is looked at before emit returns.
  // Example: lines.flat_map<std::string_view>([](auto line, auto emit) { for (auto word : words(line)) emit(word); })
  template <class Emitted, class F>
  [[nodiscard]] auto flat_map(F f) const& {
    return Stream(*this).template flat_map<Emitted>(std::move(f));
  }
  template <class Emitted, class F>
  [[nodiscard]] auto flat_map(F f) && {
    using U = data::ElementOf<Emitted>;
    return narrow<U>([f = std::move(f)](View const& element, auto& sink) {
      f(element, [&sink](data::ViewOf<U> const& made) { sink(made); });
    });
  }

  // The base of the narrow verbs: f(block, emit) for each block of a partition in order, a std::span of elements
  // (Points of points), emits any number of others.
  template <class Emitted, class F>
  [[nodiscard]] auto map_partitions(F f) const& {
    return Stream(*this).template map_partitions<Emitted>(std::move(f));
  }
  template <class Emitted, class F>
  [[nodiscard]] auto map_partitions(F f) && {
    using U = data::ElementOf<Emitted>;
    auto stage = [f = std::move(f)](data::BlockOf<Element> block, auto&& sink) {
      f(block, [&sink](data::ViewOf<U> const& made) { sink(made); });
    };
    return Stream<data::BlockPipe<Run, decltype(stage), U>>({std::move(run_), std::move(stage)});
  }

  // All elements in the order of key(element): a number, a text or an std::array of bytes. Stable: ties stay in their
  // order. Partition p of the result has the p-th part of all, cut at samples of the keys, and equal keys are cut like
  // others, unless they have their first 8 KiB in common and more behind those. Collective, when asked for. Cost: w =
  // two passes, n/P log(n/P) a partition, h = every element once, l = 2.
  template <class Key>
  [[nodiscard]] auto sort_by(Key key) const& {
    return Stream(*this).sort_by(std::move(key));
  }
  template <class Key>
  [[nodiscard]] auto sort_by(Key key) && {
    return std::move(*this).sorted(std::move(key), false);
  }
  // The same from the greatest key down; ties stay in their order.
  template <class Key>
  [[nodiscard]] auto sort_descending_by(Key key) const& {
    return Stream(*this).sort_descending_by(std::move(key));
  }
  template <class Key>
  [[nodiscard]] auto sort_descending_by(Key key) && {
    return std::move(*this).sorted(std::move(key), true);
  }

  // Writes the bytes of plain elements, in order; otherwise as write_lines. Returns how many there are.
  std::uint64_t write_records(std::vector<std::string> const& paths) const& {
    return data::write_records(Run(run_), paths);
  }
  std::uint64_t write_records(std::vector<std::string> const& paths) && {
    return data::write_records(std::move(run_), paths);
  }

  // Kept in memory under this name, and part of every checkpoint from when it is first asked for: after a failure it
  // comes from the checkpoint, on any number of ranks, and what it was made of is not asked for again.
  // Throws: Misuse for a name that is used twice.
  [[nodiscard]] auto named(std::string name) const& { return Stream(*this).named(std::move(name)); }
  [[nodiscard]] auto named(std::string name) && {
    return Dataset<Element>(std::make_shared<data::NamedNode<Run>>(std::move(run_), std::move(name)));
  }

  // Writes numbers, texts or entries of them, in order, once for each path: text with a line an element ("key value" of
  // entries), or, where the path ends with .h5 or .hdf5, HDF5 with the columns "key" and "value"; "table.h5/" is a
  // directory with such a file a partition, part-00000.h5, …, which takes the place of one that holds parts of HDF5.
  // Otherwise as write_lines.
  std::uint64_t write(std::vector<std::string> const& paths) const& { return data::write_table(Run(run_), paths); }
  std::uint64_t write(std::vector<std::string> const& paths) && { return data::write_table(std::move(run_), paths); }

  // Writes a line, or what else format(element, out) appends with <<, for each element: in order, once for each path.
  // A path is a file, packed where it ends with .gz or .zst, or, where it ends with '/', a directory with a file a
  // partition, part-00000.txt, …, which takes the place of one that holds parts (packed parts: "counts.gz/"). Complete
  // or absent, with the same bytes on any ranks. Returns how many elements there are. What is written is the result
  // whose digest the summary tells, one for all forms. Collective: all ranks. Throws: on all of them: WriteFailed, also
  // where a directory holds anything but parts; UsageError for a name of HDF5.
  template <class Format>
  std::uint64_t write_lines(std::vector<std::string> const& paths, Format const& format) const& {
    return data::write_lines(Run(run_), paths, format);
  }
  template <class Format>
  std::uint64_t write_lines(std::vector<std::string> const& paths, Format const& format) && {
    return data::write_lines(std::move(run_), paths, format);
  }

  // For verbs.
  [[nodiscard]] Run const& run() const& noexcept { return run_; }
  [[nodiscard]] Run&& run() && noexcept { return std::move(run_); }

 protected:
  template <class Key>
  [[nodiscard]] auto sorted(Key key, bool descending) && {
    using K = data::ElementOf<std::invoke_result_t<Key&, View const&>>;
    using Node = data::SortNode<Run, Key, Element, K>;
    return Dataset<Element>(std::make_shared<Node>(std::move(run_), std::move(key), descending));
  }
  template <class U, class Stage>
  [[nodiscard]] auto narrow(Stage stage) {
    return Stream<data::Pipe<Run, Stage, U>>({std::move(run_), std::move(stage)});
  }

  Run run_;
};

template <class T>
class Dataset : public Stream<data::Tap<T>> {
 public:
  explicit Dataset(std::shared_ptr<data::Node<T>> node) : Stream<data::Tap<T>>(data::Tap<T>(std::move(node))) {}
  // Narrow verbs behind a handle.
  template <class Run>
  requires std::is_same_v<typename Run::Element, T> Dataset(
      Stream<Run> stream)  // NOLINT(google-explicit-constructor): a dataset is what a stream is
      : Dataset(std::make_shared<data::PipeNode<Run>>(std::move(stream).run())) {}
};
template <class Run>
Dataset(Stream<Run>) -> Dataset<typename Run::Element>;

}  // namespace pel
