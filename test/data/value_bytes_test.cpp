#include "data/value_bytes.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "pel/fields.hpp"

using pel::data::ByteReader;
using pel::data::ByteWriter;

namespace {

struct Inner {
  std::string name;
  std::vector<double> values;
  void serialize(auto& archive, unsigned) { pel::fields(archive, "name", name, "values", values); }
  friend bool operator==(Inner const&, Inner const&) = default;
};
struct Outer {
  std::int32_t n = 0;
  std::vector<Inner> parts;
  void serialize(auto& archive, unsigned) { pel::fields(archive, "n", n, "parts", parts); }
  friend bool operator==(Outer const&, Outer const&) = default;
};

}  // namespace

TEST_CASE("a value comes back as it was, one behind the other") {
  Outer const value{-7, {{"", {}}, {std::string(3, '\0'), {0.1, -0.0}}, {"b", {1}}}};
  std::vector<std::byte> bytes;
  ByteWriter writer(bytes);
  writer.put(value);
  writer.put(std::uint8_t{9});
  Outer back;
  std::uint8_t behind = 0;
  ByteReader reader(bytes);
  reader.take(back);
  reader.take(behind);
  CHECK(back == value);
  CHECK(behind == 9);
  CHECK(reader.rest().empty());
}

TEST_CASE("bytes that end early are an error") {
  std::vector<std::byte> bytes;
  ByteWriter(bytes).put(Inner{"name", {1, 2, 3}});
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    Inner back;
    CHECK_THROWS_AS(ByteReader(std::span(bytes).first(n)).take(back), std::length_error);
  }
}
