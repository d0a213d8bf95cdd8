// Values as bytes: trivially copyable ones as they lie in memory, all others by Boost.Serialization.
#pragma once

#include <algorithm>
#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/array.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/set.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/vector.hpp>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <streambuf>
#include <type_traits>
#include <vector>

namespace pel::codec {

inline constexpr unsigned archive_flags = boost::archive::no_header | boost::archive::no_tracking;

// What an archive writes into: appends to a vector of bytes.
class ByteSink : public std::streambuf {
 public:
  explicit ByteSink(std::vector<std::byte>& bytes) : bytes_(bytes) {}

 protected:
  std::streamsize xsputn(char const* data, std::streamsize n) override {
    auto const* const first = reinterpret_cast<std::byte const*>(data);
    bytes_.insert(bytes_.end(), first, first + n);
    return n;
  }
  int_type overflow(int_type c) override {
    if (!traits_type::eq_int_type(c, traits_type::eof())) bytes_.push_back(static_cast<std::byte>(c));
    return traits_type::not_eof(c);
  }

 private:
  std::vector<std::byte>& bytes_;
};

// What an archive reads from.
class ByteSource : public std::streambuf {
 public:
  explicit ByteSource(std::span<std::byte const> bytes) {
    auto* const first =
        const_cast<char*>(reinterpret_cast<char const*>(bytes.data()));  // streambuf wants it; only read
    setg(first, first, first + bytes.size());
  }
};

// Writes one value after the other into bytes that Reader reads back in that order.
template <class... Values>
class Writer {
 public:
  explicit Writer(std::vector<std::byte>& bytes) : bytes_(bytes) {
    if constexpr (!plain) archive_ = std::make_unique<Archive>(bytes);
  }
  template <class T>
  void put(T const& value) {
    if constexpr (plain) {
      auto const at = bytes_.size();
      bytes_.resize(at + sizeof(T));
      std::memcpy(bytes_.data() + at, &value, sizeof(T));
    } else {
      archive_->out << value;
    }
  }

 private:
  static constexpr bool plain = (std::is_trivially_copyable_v<Values> && ...);
  struct Archive {
    ByteSink sink;
    boost::archive::binary_oarchive out;
    explicit Archive(std::vector<std::byte>& bytes) : sink(bytes), out(sink, archive_flags) {}
  };
  std::vector<std::byte>& bytes_;
  std::unique_ptr<Archive> archive_;
};

template <class... Values>
class Reader {
 public:
  explicit Reader(std::span<std::byte const> bytes) : rest_(bytes) {
    if constexpr (!plain) archive_ = std::make_unique<Archive>(bytes);
  }
  template <class T>
  void take(T& value) {
    if constexpr (plain) {
      std::memcpy(&value, rest_.data(), sizeof(T));
      rest_ = rest_.subspan(sizeof(T));
    } else {
      archive_->in >> value;
    }
  }

 private:
  static constexpr bool plain = (std::is_trivially_copyable_v<Values> && ...);
  struct Archive {
    ByteSource source;
    boost::archive::binary_iarchive in;
    explicit Archive(std::span<std::byte const> bytes) : source(bytes), in(source, archive_flags) {}
  };
  std::span<std::byte const> rest_;
  std::unique_ptr<Archive> archive_;
};

// One value appended to bytes, and read back.
template <class T>
void encode(T const& value, std::vector<std::byte>& bytes) {
  Writer<T>(bytes).put(value);
}
template <class T>
void decode(std::span<std::byte const> bytes, T& value) {
  Reader<T>(bytes).take(value);
}

}  // namespace pel::codec
