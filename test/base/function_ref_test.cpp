#include "base/function_ref.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

using pel::base::FunctionRef;

static_assert(sizeof(FunctionRef<void()>) == 2 * sizeof(void*));
static_assert(std::is_trivially_copyable_v<FunctionRef<int(int)>>);

namespace {

int twice(int x) { return 2 * x; }

int applied(FunctionRef<int(int)> f, int x) { return f(x); }

struct Counter {
  int calls = 0;
  int operator()(int x) {
    calls += x;
    return calls;
  }
};

}  // namespace

TEST_CASE("what is called is the callable itself, not a copy") {
  Counter counter;
  FunctionRef<int(int)> const f = counter;

  CHECK(f(2) == 2);
  CHECK(f(3) == 5);
  CHECK(counter.calls == 5);
}

TEST_CASE("a copy of a reference calls the same callable") {
  Counter counter;
  FunctionRef<int(int)> const f = counter;
  auto g = f;  // of the callable, not of f
  CHECK(g(1) == 1);
  CHECK(applied(f, 1) == 2);
  CHECK(applied(g, 1) == 3);
}

TEST_CASE("functions, temporaries and constant callables can be called during the call they are given to") {
  auto const constant = [offset = 10](int x) { return offset + x; };

  CHECK(applied(&twice, 4) == 8);
  CHECK(applied(twice, 4) == 8);
  CHECK(applied([](int x) { return -x; }, 4) == -4);
  CHECK(applied(constant, 4) == 14);
}

TEST_CASE("arguments arrive as they were given: by reference, or moved") {
  std::string text = "a";
  auto const append = [](std::string& to) { to += "b"; };
  FunctionRef<void(std::string&)> const grow = append;
  grow(text);
  CHECK(text == "ab");

  auto const open = [](std::unique_ptr<int> box) { return *box; };
  FunctionRef<int(std::unique_ptr<int>)> const opened = open;
  CHECK(opened(std::make_unique<int>(7)) == 7);

  auto const same = [](std::string& it) -> std::string& { return it; };
  FunctionRef<std::string&(std::string&)> const identity = same;
  CHECK(&identity(text) == &text);
}
