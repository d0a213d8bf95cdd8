// Combining by key in a table of limited size: what it has no room for waits on disk.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "data/element.hpp"
#include "data/key_table.hpp"
#include "data/packed_run.hpp"
#include "engine/memory.hpp"

namespace pel {
struct Point;
}

namespace pel::data {

// A table, and whether it has room for another key.
template <class K, class V>
class Combining {
 public:
  explicit Combining(KeyTable<K, V>& table) : table_(table) {}

  // add(value, is_new) changes what belongs to the key. False: the key is not there, and there is no room for it.
  template <class Add>
  bool change(ViewOf<K> const& key, Add const& add) {
    auto const hash = key_hash<ViewOf<K>>(key);
    if (full_) return change_known(key, hash, add);
    auto const found = table_.find(key, hash);
    add(found.value, found.is_new);
    if (found.is_new) full_ = table_.bytes_with_another() > room_;
    return true;
  }

  // all(use) gives all elements, E, to use(element), in order; combine(element) calls change() for it and returns what
  // that returns. done(more) sees the table; `more`: it will be called again, with the table of the next keys. The
  // elements of a key are combined in one table, in their order, and keys come in order of first appearance, however
  // many tables there are.
  template <class E, class All, class Combine, class Done>
  void run(std::shared_ptr<engine::Memory> const& memory, All const& all, Combine const& combine, Done const& done) {
    if constexpr (std::is_same_v<E, Point>) {  // rows whose width the type does not tell
      all(combine);
    } else {
      room_ = memory->for_tables();
      PackedRun<E> rest;
      auto const wait = [&](ViewOf<E> const& element) {
        if (!rest) rest = PackedRun<E>(memory->file_of_runs());
        rest.add(element);
      };
      all([&](auto const& element) {
        if (combine(element)) return;
        wait(element);
        memory->count_dataset(packed_size<E>(element));
      });
      while (rest) {
        done(true);
        auto const before = std::exchange(rest, PackedRun<E>()).finished();
        table_.clear();
        full_ = false;
        before.show([&](ViewOf<E> const& element) {
          if (!combine(element)) wait(element);
        });
      }
    }
    done(false);
  }

 private:
  template <class Add>
  [[gnu::noinline]] bool change_known(ViewOf<K> const& key, std::uint64_t hash, Add const& add) {
    auto* const found = table_.look(key, hash);
    if (found == nullptr) return false;
    add(*found, false);
    return true;
  }

  KeyTable<K, V>& table_;
  std::uint64_t room_ = ~std::uint64_t{0};  // bytes
  bool full_ = false;
};

}  // namespace pel::data
