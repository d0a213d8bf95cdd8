#include "data/generated_rows.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/digest.hpp"
#include "data/generated_input.hpp"
#include "data/line_blocks.hpp"
#include "data/text_input.hpp"
#include "pel/error.hpp"
#include "temporary_directory.hpp"

using pel::data::generated_input;
using pel::data::TextInput;
using pel::test::TemporaryDirectory;

namespace {

std::string digest_of(std::vector<std::string> const& names) {
  auto const input = TextInput::open(names);
  std::vector<pel::base::Digest> digests;
  for (auto const& piece : input.pieces()) digests.push_back(input.digest_of(piece));
  return input.digest(digests);
}

std::string part_of(std::string const& spec, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '?');
  generated_input(spec)->read_at(offset, bytes);
  return bytes;
}

void check_refused(std::string const& spec, std::string const& problem, std::string const& nearest = {}) {
  CAPTURE(spec);
  try {
    (void)TextInput::open({spec});
    FAIL("not refused");
  } catch (pel::UsageError const& error) {
    CHECK(error.option == spec);
    CHECK(error.problem == problem);
    CHECK(error.nearest == nearest);
  }
}

}  // namespace

TEST_CASE("any part of generated rows is that of the whole") {
  for (std::string const spec :
       {"tera:n=7,kind=skew", "points:n=9,d=3,k=2,labels=yes", "reads:n=8,length=37,errors=100"}) {
    auto const size = static_cast<std::size_t>(generated_input(spec)->size());
    auto const whole = part_of(spec, 0, size);
    std::size_t wrong = 0;
    for (std::size_t begin = 0; begin <= size; ++begin)
      for (std::size_t end = begin; end <= size; end += 1 + end / 40)
        wrong += part_of(spec, begin, end - begin) == whole.substr(begin, end - begin) ? 0 : 1;
    CHECK(wrong == 0);
  }
}

TEST_CASE("what is not given has its default, and is named") {
  CHECK(generated_input("tera:")->spec() == "tera:n=1000000,kind=uniform,seed=1");
  CHECK(generated_input("tera:kind=equal,n=4M")->spec() == "tera:n=4000000,kind=equal,seed=1");
  CHECK(generated_input("points:")->spec() == "points:n=100000,d=16,k=32,labels=no,seed=1");
  CHECK(generated_input("points:labels=yes,d=2")->spec() == "points:n=100000,d=2,k=32,labels=yes,seed=1");
  CHECK(generated_input("reads:seed=18446744073709551615")->spec() ==
        "reads:n=1000000,length=100,genome=1000000,errors=0,seed=18446744073709551615");
  for (auto const* const other : {"text:", "tera", "a/tera:", "points.csv", "debian:"}) CHECK(!generated_input(other));
}

TEST_CASE("the size is known without making anything") {
  CHECK(TextInput::open({"tera:n=100G"}).size() == 10'000'000'000'000);
  CHECK(TextInput::open({"points:n=100G,d=1048575,labels=yes"}).size() == 100'000'000'000ULL * 8 * 1'048'576);
  CHECK(TextInput::open({"reads:n=100G,length=10000"}).size() == 100'000'000'000ULL * 10'015);
  CHECK(TextInput::open({"tera:n=0", "reads:n=0", "points:n=0"}).size() == 0);
  CHECK(part_of("tera:n=100G", 99'999'999'999ULL * 100 + 10, 33) == " " + std::string(22, '0') + "174876e7ff");
}

TEST_CASE("a wrong generator is refused with what it may be") {
  auto const amount = std::string("expected a whole number, with K, M or G for thousands, millions, billions, of ");
  check_refused("tera:records=4", "unknown key \"records\": there are n, kind, seed");
  check_refused("points:label=yes", "unknown key \"label\": there are n, d, k, labels, seed", "labels");
  check_refused("reads:error=1", "unknown key \"error\": there are n, length, genome, errors, seed", "errors");
  check_refused("tera:kind=skwe", "kind=skwe: expected one of uniform, skew, equal", "skew");
  check_refused("tera:n=4X", "n=4X: " + amount + "at most 100000000000");
  check_refused("tera:n=101G", "n=101G: " + amount + "at most 100000000000");
  check_refused("points:k=0", "k=0: " + amount + "at least 1 and at most 100000000000");
  check_refused("points:d=0", "d=0: expected a whole number from 1 to 1048575");
  check_refused("points:labels=1", "labels=1: expected yes or no");
  check_refused("reads:length=10001", "length=10001: expected a whole number from 1 to 10000");
  check_refused("reads:errors=1001", "errors=1001: expected a whole number from 0 to 1000");
  check_refused("reads:genome=99", "a genome of 99 letters has no reads of 100");
  check_refused("points:n=5,n=5", "n is given twice");
}

TEST_CASE("the digest of an input names its generators, and reads nothing of them") {
  TemporaryDirectory const directory;
  auto const file = directory.write("file", "abc");

  CHECK(TextInput::open({"tera:n=100G"}).pieces().empty());
  CHECK(digest_of({"tera:"}) == digest_of({"tera:n=1M,seed=1"}));
  CHECK(digest_of({"tera:"}) != digest_of({"tera:seed=2"}));
  CHECK(digest_of({"tera:"}) != digest_of({"tera:kind=skew"}));
  CHECK(digest_of({"points:n=10,d=2"}) != digest_of({"points:n=10,d=1,labels=yes"}));  // of one size
  CHECK(digest_of({"tera:", file}) != digest_of({file, "tera:"}));
  CHECK(digest_of({"tera:", file}) != digest_of({"tera:"}));
}

TEST_CASE("lines of generated rows are found and counted as those of a file") {
  TemporaryDirectory const directory;
  std::string const spec = "reads:n=500,length=90";
  auto const text = part_of(spec, 0, 52'500);
  auto const made = TextInput::open({spec}).sources().front(),
             file = TextInput::open({directory.write("reads.fa", text)}).sources().front();

  CHECK(pel::data::line_number(made, 30'000) == pel::data::line_number(file, 30'000));
  std::size_t wrong = 0;
  for (std::uint64_t begin = 0; begin < text.size(); begin += 1'001) {
    std::string found[2];
    for (auto const* const source : {&made, &file})
      for (pel::data::LineBlocks blocks(*source, {begin, begin + 3'000}, 1'000); blocks.next();)
        found[source == &made ? 0 : 1] += blocks.block();
    wrong += found[0] == found[1] && !found[0].empty() ? 0 : 1;
  }
  CHECK(wrong == 0);
}
