// Messages: what a kernel sends to other partitions.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

namespace pel {

// Messages of equal keys are kept apart.
struct NoCombiner {};

// The messages of a kernel: a key, a value, and how two values of one key become one. They arrive in the next
// superstep, sorted by key. With a combiner, values of one key are folded from the left: first those of one source
// partition in the order of sending, then these by source partition. Without, they come in that order. Keys need
// operator< and ==; keys and values are trivially copyable and travel as packed bytes, or are serialised by
// Boost.Serialization.
// Example: Message<std::string, std::int64_t, std::plus<>> counts words.
template <class KeyType, class ValueType, class CombinerType = NoCombiner>
struct Message {
  using Key = KeyType;
  using Value = ValueType;
  using Combiner = CombinerType;
  static constexpr bool combines = !std::same_as<Combiner, NoCombiner>;
  static constexpr bool packs = std::is_trivially_copyable_v<Key> && std::is_trivially_copyable_v<Value>;
};

// A kernel that sends none.
struct NoMessage {};

template <class M>
concept SomeMessage = !std::same_as<M, NoMessage> && requires {
  typename M::Key;
  typename M::Value;
  typename M::Combiner;
};

// The Message of a kernel; of one that names none, a sentence and NoMessage.
template <class Kernel>
consteval auto message_of() {
  constexpr bool named = requires { typename Kernel::Message; };
  static_assert(
      named, "pel: a kernel names its messages: using Message = pel::Message<Key, Value, Combiner>, or pel::NoMessage");
  if constexpr (named)
    return std::type_identity<typename Kernel::Message>();
  else
    return std::type_identity<NoMessage>();
}
template <class Kernel>
using MessageOf = typename decltype(message_of<Kernel>())::type;

// One that arrived or is sent; `auto const& [key, value] : step.inbox()`.
template <SomeMessage M>
using Letter = std::pair<typename M::Key, typename M::Value>;

}  // namespace pel
