#include "store/halt_request.hpp"

#include <doctest/doctest.h>

#include "pel/error.hpp"
#include "store/replace_file.hpp"
#include "support/serial_test.hpp"

using pel::store::HaltRequest;
using pel::store::read_halt_request;
using pel::store::remove_halt_request;
using pel::store::replace_file;
using pel::store::write_halt_request;

TEST_CASE("a request is read as it was written, and can be withdrawn") {
  auto const path = pel::test::scratch() / "run" / "halt";
  CHECK_FALSE(read_halt_request(path));
  for (auto const& request : {HaltRequest{}, HaltRequest{418, -1}, HaltRequest{-1, 0.5}, HaltRequest{0, 0}}) {
    write_halt_request(path, request);
    CHECK(read_halt_request(path) == request);
  }

  remove_halt_request(path);
  CHECK_FALSE(read_halt_request(path));
  remove_halt_request(path);
}

TEST_CASE("a request is due at the superstep or the time it names, whichever comes first") {
  CHECK(HaltRequest{}.due(0, 0));
  CHECK_FALSE(HaltRequest{418, -1}.due(417, 1e6));
  CHECK(HaltRequest{418, -1}.due(418, 0));
  CHECK(HaltRequest{418, -1}.due(500, 0));
  CHECK_FALSE(HaltRequest{-1, 60}.due(1000, 59.9));
  CHECK(HaltRequest{-1, 60}.due(0, 60));
  CHECK(HaltRequest{418, 60}.due(0, 61));
  CHECK(HaltRequest{418, 60}.due(418, 0));
  CHECK_FALSE(HaltRequest{418, 60}.due(417, 59));
}

TEST_CASE("an empty file, and one that says half, are requests; anything else is bad data") {
  auto const path = pel::test::scratch() / "typed";
  replace_file(path, "", false);
  CHECK(read_halt_request(path) == HaltRequest());
  replace_file(path, " \n", false);
  CHECK(read_halt_request(path) == HaltRequest());
  replace_file(path, "{\"at_superstep\": 7}", false);
  CHECK(read_halt_request(path) == HaltRequest{7, -1});

  for (auto const* const text : {"now", "{", "7", "[]", "{\"at_superstep\": \"seven\"}"}) {
    CAPTURE(text);
    replace_file(path, text, false);
    CHECK_THROWS_AS(static_cast<void>(read_halt_request(path)), pel::BadData);
  }
}
