#include "engine/failure.hpp"

#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

#include "pel/error.hpp"

namespace pel::engine {
namespace {

// All types that travel; the position is the tag.
using Travelling =
    std::tuple<UsageError, BadData, MissingInput, NoCheckpoint, KernelFailed, InternalError, MpiError, SystemError,
               WriteFailed, ConfigError, ForeignCheckpoint, Misuse, DirectoryInUse, LostLease, OutOfBudget>;

class Writer {
 public:
  void put(std::string const& text) {
    put(static_cast<std::int64_t>(text.size()));
    auto const* const data = reinterpret_cast<std::byte const*>(text.data());
    bytes.insert(bytes.end(), data, data + text.size());
  }
  void put(std::int64_t number) {
    auto const at = bytes.size();
    bytes.resize(at + sizeof number);
    std::memcpy(bytes.data() + at, &number, sizeof number);
  }
  void put(int number) { put(std::int64_t{number}); }
  std::vector<std::byte> bytes;
};

class Reader {
 public:
  explicit Reader(std::span<std::byte const> bytes) : rest_(bytes) {}
  template <class T>
  T take() {
    if constexpr (std::is_same_v<T, std::string>) {
      auto const n = static_cast<std::size_t>(take<std::int64_t>());
      std::string text(reinterpret_cast<char const*>(rest_.data()), n);
      rest_ = rest_.subspan(n);
      return text;
    } else {
      std::int64_t number = 0;
      std::memcpy(&number, rest_.data(), sizeof number);
      rest_ = rest_.subspan(sizeof number);
      return static_cast<T>(number);
    }
  }

 private:
  std::span<std::byte const> rest_;
};

template <class Error>
std::vector<std::byte> encode(std::int64_t tag, Error const& error) {
  Writer writer;
  writer.put(tag);
  std::apply([&](auto const&... field) { (writer.put(field), ...); }, error.tie());
  return std::move(writer.bytes);
}

template <class Error>
[[noreturn]] void throw_as(Reader& reader) {
  using Fields = decltype(std::declval<Error const&>().tie());
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    // Braces: the fields are read in order.
    std::tuple<std::remove_cvref_t<std::tuple_element_t<I, Fields>>...> fields{
        reader.take<std::remove_cvref_t<std::tuple_element_t<I, Fields>>>()...};
    throw std::make_from_tuple<Error>(std::move(fields));
  }
  (std::make_index_sequence<std::tuple_size_v<Fields>>());
  std::terminate();
}

template <std::size_t Tag = 0>
std::vector<std::byte> encode_known(std::exception const& error, bool& known) {
  if constexpr (Tag < std::tuple_size_v<Travelling>) {
    if (auto const* const mine = dynamic_cast<std::tuple_element_t<Tag, Travelling> const*>(&error)) {
      known = true;
      return encode(static_cast<std::int64_t>(Tag), *mine);
    }
    return encode_known<Tag + 1>(error, known);
  }
  known = false;
  return {};
}

std::vector<std::byte> encode_foreign(Where const& where, std::string const& cause) {
  constexpr std::int64_t tag = 4;
  static_assert(std::is_same_v<std::tuple_element_t<tag, Travelling>, KernelFailed>);
  return encode(tag, KernelFailed(where.kernel, where.phase, where.superstep, where.partition, where.rank, where.ranks,
                                  where.host, cause));
}

}  // namespace

std::vector<std::byte> encode_failure(std::exception_ptr const& failure, Where const& where) {
  try {
    std::rethrow_exception(failure);
  } catch (std::exception const& error) {
    bool known = false;
    auto bytes = encode_known(error, known);
    return known ? bytes : encode_foreign(where, error.what());
  } catch (...) {
    return encode_foreign(where, "something that is no std::exception");
  }
}

void throw_failure(std::span<std::byte const> encoded) {
  Reader reader(encoded);
  auto const tag = static_cast<std::size_t>(reader.take<std::int64_t>());
  [&]<std::size_t... Tag>(std::index_sequence<Tag...>) {
    ((Tag == tag ? throw_as<std::tuple_element_t<Tag, Travelling>>(reader) : void()), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<Travelling>>());
  throw InternalError(__FILE__, __LINE__, "a failure of unknown type came from another rank");
}

}  // namespace pel::engine
