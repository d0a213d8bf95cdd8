// Broadcasts: all elements of a dataset, on every rank.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "data/gathered.hpp"
#include "data/key_groups.hpp"

namespace pel {

// One copy a rank, in order, that all its partitions read: a range that functions of verbs capture by value, and the
// small side of a join. Copies share the elements.
template <class T>
class Broadcast {
 public:
  using Element = T;
  using View = data::ViewOf<T>;
  using Iterator = typename data::Group<T>::Iterator;

  // Of elements packed one behind the other.
  explicit Broadcast(std::vector<std::byte> bytes) : state_(std::make_shared<State>()) {
    state_->bytes = std::move(bytes);
    auto const* from = std::as_const(state_->bytes).data();
    for (auto const* const end = from + state_->bytes.size(); from < end; (void)data::unpack<T>(from))
      state_->places.push_back(from);
  }
  [[nodiscard]] std::size_t size() const noexcept { return state_->places.size(); }
  [[nodiscard]] bool empty() const noexcept { return state_->places.empty(); }
  [[nodiscard]] View operator[](std::size_t i) const noexcept {
    auto const* from = state_->places[i];
    return data::unpack<T>(from);
  }
  [[nodiscard]] Iterator begin() const noexcept { return all().begin(); }
  [[nodiscard]] Iterator end() const noexcept { return all().end(); }
  [[nodiscard]] std::vector<std::byte> const& bytes() const noexcept { return state_->bytes; }

 private:
  struct State {
    std::vector<std::byte> bytes;
    std::vector<std::byte const*> places;
  };
  [[nodiscard]] data::Group<T> all() const noexcept { return data::Group<T>(state_->places); }

  std::shared_ptr<State> state_;
};

namespace data {

// The elements of a broadcast by key.
template <class T, class K>
class BroadcastGroups {
 public:
  template <class Key>
  BroadcastGroups(Broadcast<T> all, Key const& key) : all_(std::move(all)) {
    (void)groups_.add(all_.bytes().data(), all_.size(), key);
    groups_.finish();
  }
  // Those with that key, in their order.
  [[nodiscard]] Group<T> find(ViewOf<K> const& key) const {
    auto const group = groups_.find(key);
    return group == groups_.size() ? Group<T>({}) : groups_[group];
  }

 private:
  Broadcast<T> all_;
  KeyGroups<T, K> groups_;
};

}  // namespace data
}  // namespace pel
