// What a partition sends in its superstep, until it is packed for the way.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <type_traits>

#include "base/hash.hpp"
#include "engine/outgoing.hpp"
#include "pel/dense_outbox.hpp"
#include "pel/hash_outbox.hpp"
#include "pel/letter_log.hpp"
#include "pel/message.hpp"

namespace pel {

// Of a kernel that sends none.
class NoOutbox {
 public:
  void clear() noexcept {}
  static void pack(engine::Outgoing& outgoing, std::span<std::uint8_t const>) { outgoing.clear(); }
};

template <class M>
consteval auto outbox_of() {
  if constexpr (!SomeMessage<M>) {
    return std::type_identity<NoOutbox>{};
  } else if constexpr (M::combines && M::packs && std::integral<typename M::Key>) {
    return std::type_identity<DenseOutbox<M>>{};
  } else if constexpr (M::combines && base::Hashable<typename M::Key>) {
    return std::type_identity<HashOutbox<M>>{};
  } else {
    return std::type_identity<LetterLog<M>>{};
  }
}

// Collects (destination, key, value) in the order of sending; pack() empties it into pieces by destination, each sorted
// by key, equal keys combined from the left where there is a combiner. Each way gives the same bytes. One thread at a
// time; memory is kept for the next partition.
template <class M>
using Outbox = typename decltype(outbox_of<M>())::type;

}  // namespace pel
