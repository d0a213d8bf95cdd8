#include "store/hdf5.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "sample_checkpoint.hpp"

namespace hdf5 = pel::store::hdf5;
using pel::base::ElementType;

namespace {

template <class Function>
std::pair<std::string, int> error_of(Function const& function) {
  try {
    function();
  } catch (hdf5::Error const& error) {
    return {error.what(), error.code};
  }
  return {};
}

}  // namespace

TEST_CASE("an error carries HDF5's own words and the errno in them") {
  pel::test::TemporaryDirectory const scratch;

  auto const [text, code] = error_of([&] { static_cast<void>(hdf5::open_file(scratch.path() / "no" / "f.h5")); });

  CHECK(code == ENOENT);
  CHECK(text.find("H5Fopen: ") == 0);
  CHECK(text.find("No such file or directory") != std::string::npos);
}

TEST_CASE("a handle that is moved from or assigned to leaves nothing open") {
  pel::store::FileImage image;
  auto const file = hdf5::create_file(image);
  auto const type = hdf5::number_type(ElementType::f64);
  {
    auto first = hdf5::create_dataset(file, "/a/x", type, {2});
    auto second = hdf5::create_dataset(file, "/a/y", type, {2});
    second = std::move(first);
    hdf5::Dataset const third(std::move(second));
    CHECK(third.id() >= 0);
  }

  CHECK(H5Fget_obj_count(file.id(), H5F_OBJ_DATASET) == 0);
}

TEST_CASE("a type that is none of PEL's is an error") {
  pel::store::FileImage image;
  auto const file = hdf5::create_file(image);
  std::array const columns{"a", "b"};

  auto const dataset = hdf5::create_dataset(file, "x", hdf5::record_type(columns), {1});

  CHECK(hdf5::element_bytes(dataset) == 16);
  CHECK(error_of([&] { static_cast<void>(hdf5::number_type_of(dataset)); }).first.find("not a type") !=
        std::string::npos);
}

TEST_CASE("attributes read back, and of the wrong kind they are errors") {
  pel::store::FileImage image;
  auto const file = hdf5::create_file(image);
  auto const root = file.id();
  hdf5::set_integer(root, "n", -5);
  hdf5::set_text(root, "text", "Grüße");
  hdf5::set_text(root, "empty", "");
  hdf5::set_variable_text(root, "variable", "x");

  CHECK(hdf5::integer_of(root, "n") == -5);
  CHECK(hdf5::text_of(root, "text") == "Grüße");
  CHECK(hdf5::text_of(root, "empty").empty());
  CHECK(hdf5::has_attribute(root, "n"));
  CHECK_FALSE(hdf5::has_attribute(root, "m"));
  CHECK_THROWS_AS(static_cast<void>(hdf5::text_of(root, "n")), hdf5::Error);
  CHECK_THROWS_AS(static_cast<void>(hdf5::text_of(root, "variable")), hdf5::Error);
  CHECK_THROWS_AS(static_cast<void>(hdf5::integer_of(root, "text")), hdf5::Error);
  CHECK_THROWS_AS(static_cast<void>(hdf5::integer_of(root, "m")), hdf5::Error);
}
