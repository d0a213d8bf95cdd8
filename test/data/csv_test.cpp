#include "pel/csv.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

#include "pel/error.hpp"
#include "run_datasets.hpp"
#include "support/properties.hpp"

using namespace pel::test;
using pel::column;
using pel::CsvRules;
using pel::Entry;
using pel::Job;

namespace {

struct Trade {
  std::int64_t id = 0;
  double price = 0;
  std::array<char, 4> place{};
  bool open = false;
};
using Named = Entry<std::string, double>;

std::string csv_file(std::string const& text, std::string const& suffix = ".csv") {
  auto const path = fresh_path(suffix);
  if (rank() == 0) std::ofstream(path, std::ios::binary) << text;
  meet();
  return path;
}

// Reads trades and writes them again.
std::string copied(std::vector<std::string> const& paths, Shape const& shape, CsvRules rules = {}) {
  return run_datasets(shape.options(),
                      [&](Job& job) {
                        auto const trades =
                            pel::read_csv<Trade>(job, paths, rules, column("price", &Trade::price, -1.0),
                                                 column("id", &Trade::id), column("place", &Trade::place));
                        pel::write_csv(trades, job.output(), column("id", &Trade::id), column("price", &Trade::price),
                                       column("place", &Trade::place), column("open", &Trade::open));
                      })
      .text;
}

struct Refused {
  std::int64_t line, column, count;
  std::string problem, others;
};
Refused refused(std::string const& text, CsvRules rules = {}) {
  try {
    (void)copied({csv_file(text)}, {7, 2}, rules);
  } catch (pel::BadData const& bad) {
    return {bad.line, bad.column, bad.count, bad.problem, bad.others};
  }
  return {0, 0, 0, "it is read", ""};
}

}  // namespace

TEST_CASE("columns are found by their names in each file, and members that no column fills keep their default") {
  auto const one = csv_file("\xEF\xBB\xBFid,place,price,note\r\n1,\"a,b\",0.5,\"x\"\"y\"\r\n\r\n-2,,,\r\n");
  auto const two = csv_file("price\tid\tplace\n 1e3 \t3\twxyz\n4\t+4\t\"\"", ".tsv");
  auto const none = csv_file("");
  for (auto const& shape : dataset_shapes())
    CHECK(copied({one, none, two}, shape) ==
          "id,price,place,open\n1,0.5,\"a,b\",false\n-2,-1,,false\n3,1000,wxyz,false\n4,4,,false\n");
}

TEST_CASE("rows may be entries with texts, and what is written is read again, whatever is in the texts") {
  seed_properties(std::getenv("PEL_TEST_SMALL") == nullptr ? 20 : 4);
  CHECK(rc::check("texts", [&] {
    auto const texts = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab\",, \t"))));
    auto const shape = *rc::gen::elementOf(dataset_shapes());
    std::vector<std::pair<std::string, double>> rows, found;
    std::string text = "value,\"the, name\"\n";
    for (std::size_t i = 0; i < texts.size(); ++i) {
      rows.emplace_back(texts[i], 0.1 * static_cast<double>(i));
      pel::TextOut line;
      line << rows.back().second << ",\"";
      for (auto const letter : texts[i]) line << (letter == '"' ? "\"" : "") << letter;
      text += line.take() + "\"\n";
    }
    auto const path = csv_file(text);
    auto const read = [&](Job& job, std::string const& from) {
      return pel::read_csv<Named>(job, {from}, column("the, name", pel::key_of), column("value", pel::value_of));
    };
    auto const again = run_datasets(shape.options(), [&](Job& job) {
      pel::write_csv(read(job, path), job.output(), column("value", pel::value_of), column("the, name", pel::key_of));
    });
    auto const copy = csv_file(again.text);
    (void)run_datasets(shape.options(), [&](Job& job) {
      auto const named = read(job, copy);  // used twice, so they are kept
      auto const keys = named.map([](auto const& row) { return row.key; }).collect();
      auto const values = named.map([](auto const& row) { return row.value; }).collect();
      for (std::size_t i = 0; i < keys.size(); ++i) found.emplace_back(keys[i], values[i]);
      pel::write_once(job, job.output(), [](auto& out) { out << "done\n"; });
    });
    RC_ASSERT(found == rows);
  }));
}

TEST_CASE("a row that makes no sense is refused with its line and column") {
  std::string const start = "id,price,place\n1,2,a\n";
  for (auto const& [row, at, problem] : std::vector<std::tuple<std::string, int, std::string>>{
           {"2,3", 4, "2 fields, the first line has 3"},
           {"2,3,b,c", 7, "4 fields, the first line has 3"},
           {"x,3,b", 1, "\"x\" is no whole number"},
           {"2,3;,b", 3, "\"3;\" is no number"},
           {"2,inf,b", 3, "\"inf\" is not finite"},
           {",3,b", 1, "\"\" is no whole number"},
           {"2,3,\"b", 5,
            "a quote that is not closed in its line; where texts hold line ends, the program must read them with "
            "CsvRules{.multiline = true}"},
           {"2,3,five5", 5, "\"five5\" is longer than 4 bytes"}}) {
    CAPTURE(row);
    auto const bad = refused(start + row + "\n3,4,c\n");
    CHECK(bad.problem == problem);
    CHECK(bad.line == 3);
    CHECK(bad.column == at);
  }
}

TEST_CASE("what write_csv writes, read_csv reads again: any texts, one column or two, commas or tabs, parts, packed") {
  seed_properties(std::getenv("PEL_TEST_SMALL") == nullptr ? 40 : 6);
  CHECK(rc::check("texts", [&] {
    auto const texts = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("a\",\n\n\r \t"))));
    auto const shape = *rc::gen::elementOf(dataset_shapes());
    auto const two = *rc::gen::arbitrary<bool>();
    auto const path = fresh_path(
        *rc::gen::elementOf(std::vector<std::string>{".tsv", ".csv", ".tsv/", ".csv/", ".tsv.gz", ".csv.zst/"}));
    auto const name = column("\"the\n\tname\"", pel::key_of);
    auto const value = column("value", pel::value_of);
    (void)run_datasets(shape.options(), [&](Job& job) {
      auto const rows =
          pel::generate<std::uint64_t>(job, texts.size(), [](std::uint64_t i) { return i; }).map([&](std::uint64_t i) {
            return Entry<std::string_view, double>{texts[i], two ? 0.1 * static_cast<double>(i) : 0};
          });
      if (two)
        pel::write_csv(rows, {path}, value, name);
      else
        pel::write_csv(rows, {path}, name);
    });
    std::vector<std::string> keys;
    std::vector<double> values;
    (void)run_datasets(shape.options(), [&](Job& job) {
      CsvRules const rules{.multiline = true};
      auto const rows =
          two ? pel::read_csv<Named>(job, {path}, rules, name, value) : pel::read_csv<Named>(job, {path}, rules, name);
      keys = rows.map([](auto const& row) { return row.key; }).collect();
      values = rows.map([](auto const& row) { return row.value; }).collect();
    });
    RC_ASSERT(keys == texts);
    for (std::size_t i = 0; i < values.size(); ++i) RC_ASSERT(values[i] == (two ? 0.1 * static_cast<double>(i) : 0));
  }));
}

TEST_CASE("rows of tabs are rows of empty fields, and lines of blanks are none") {
  auto const path = csv_file("a\tb\n\t\n\n  \nx\t\n", ".tsv");
  auto const one = csv_file("a,b\n,\n\t \n\n\"\",\n");
  for (auto const& shape : dataset_shapes()) {
    auto const copied_rows = [&](std::string const& from) {
      return run_datasets(shape.options(),
                          [&](Job& job) {
                            using Texts = Entry<std::string, std::string>;
                            auto const a = column("a", pel::key_of);
                            auto const b = column("b", pel::value_of);
                            pel::write_csv(pel::read_csv<Texts>(job, {from}, a, b), job.output(), a, b);
                          })
          .text;
    };
    CHECK(copied_rows(path) == "a,b\n,\nx,\n");
    CHECK(copied_rows(one) == "a,b\n,\n,\n");
  }
}

TEST_CASE("where a row is several lines, a problem is told with the line it stands in") {
  CsvRules const rules{.multiline = true};
  std::string const start = "id,price,place\n1,2,\"a\nb\"\n";
  for (auto const& [row, line, at, problem] : std::vector<std::tuple<std::string, int, int, std::string>>{
           {"2,3,\"b\n\n\"x\n", 6, 2, "a field goes on behind its closing quote"},
           {"2,\"\n7\",x\n", 4, 3, "\"\n7\" is no number"},
           {"2,\"\n\",x,y\n", 5, 5, "4 fields, the first line has 3"},
           {"2,3,\"b\n3,4,c\n", 4, 5,
            "a quote that is not closed before the file ends, or in as many bytes as --max-line allows"},
           {"2,3,b\"\n3,4,c\n", 4, 6, "a quote in a field that does not begin with one"},
           {"2,3,\"b\r\n\",4\n", 5, 3, "4 fields, the first line has 3"}}) {
    CAPTURE(row);
    auto const bad = refused(start + row, rules);
    CHECK(bad.problem == problem);
    CHECK(bad.line == line);
    CHECK(bad.column == at);
  }
}

TEST_CASE("files with tabs and with commas are not written at once") {
  auto const tabs = fresh_path(".tsv"), commas = fresh_path(".csv");
  CHECK_THROWS_AS((void)run_datasets({},
                                     [&](Job& job) {
                                       auto const rows =
                                           pel::read_csv<Trade>(job, {csv_file("id\n1\n")}, column("id", &Trade::id));
                                       pel::write_csv(rows, {tabs, commas}, column("id", &Trade::id));
                                     }),
                  pel::UsageError);
}

TEST_CASE("a column that is not there, or twice, is refused") {
  CHECK(refused("id,prize,place\n1,2,a\n").problem ==
        "no column is called price (is it prize?); the first line has id, prize, place");
  CHECK(refused("id,price,place,id\n").problem == "a second column called id");
  CHECK(refused("id,price,place,id\n").column == 16);
  CHECK(refused("\nid,price,place\n").line == 1);
}

TEST_CASE("so many bad rows are left out as are tolerated, and one more is refused") {
  std::string text = "id,price,place\n";
  for (int i = 0; i < 300; ++i) text += (i % 50 == 7 ? "x" : "") + std::to_string(i) + ",1,a\n";
  for (auto const& shape : dataset_shapes()) {
    auto const rows = copied({csv_file(text)}, shape, {.max_bad = 6});
    CHECK(std::count(rows.begin(), rows.end(), '\n') == 1 + 294);
    CHECK(rows.find("\n7,") == std::string::npos);
  }
  for (std::uint64_t const tolerated : {0, 5}) {
    auto const bad = refused(text, {.max_bad = tolerated});
    CHECK(bad.problem == "\"x7\" is no whole number");
    CHECK(bad.line == 9);
    CHECK(bad.count == 6);
    CHECK(std::count(bad.others.begin(), bad.others.end(), '\n') == 4);
    CHECK(bad.others.find(".csv:259:1: \"x257\" is no whole number") != std::string::npos);
  }
}

TEST_CASE("--max-bad says how many bad rows are left out where the program does not") {
  auto const path = csv_file("id,price,place\n1,1,a\n2,x,b\n3,1\n4,1,c\n");
  auto const rows = [&](std::string const& tolerated) {
    auto const options = with(Shape{7, 2}.options(), {"--max-bad", tolerated});
    return run_datasets(options,
                        [&](Job& job) {
                          auto const trades = pel::read_csv<Trade>(job, {path}, column("id", &Trade::id),
                                                                   column("price", &Trade::price));
                          pel::write_csv(trades, job.output(), column("id", &Trade::id));
                        })
        .text;
  };
  CHECK(rows("2") == "id\n1\n4\n");
  CHECK_THROWS_AS((void)rows("1"), pel::BadData);
}
