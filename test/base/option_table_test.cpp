#include "base/option_table.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "pel/error.hpp"

using pel::UsageError;
using pel::base::OptionInfo;
using pel::base::OptionTable;

namespace {

using Values = std::vector<std::string>;

OptionTable table_of(std::vector<char const*> arguments) {
  arguments.insert(arguments.begin(), "program");
  return {static_cast<int>(arguments.size()), arguments.data()};
}

// What a call is refused for.
template <class Call>
UsageError refusal(Call const& call) {
  try {
    call();
  } catch (UsageError const& error) {
    return error;
  }
  return {"", "nothing was refused"};
}

OptionInfo const damping{.name = "damping", .value = "X", .fallback = "0.85", .help = "of the walk"};
OptionInfo const seed{.name = "seed", .value = "N"};
OptionInfo const output{.name = "output", .value = "FILE", .may_repeat = true};
OptionInfo const input{.name = "input", .value = "FILE", .help = "what is read", .required = true, .positional = true};
OptionInfo const inputs{.name = "input", .value = "FILE", .required = true, .positional = true, .may_repeat = true};
OptionInfo const resume{.name = "resume", .value = "auto", .value_optional = true};
OptionInfo const quiet{.name = "quiet"};

}  // namespace

TEST_CASE("a value follows its option or an equals sign") {
  auto table = table_of({"--damping", "0.5", "--seed=7"});

  CHECK(table.take(damping) == Values{"0.5"});
  CHECK(table.take(seed) == Values{"7"});
  table.close();
}

TEST_CASE("options may be declared in any order") {
  auto table = table_of({"--damping", "0.5", "--seed=7"});

  CHECK(table.take(seed) == Values{"7"});
  CHECK(table.take(damping) == Values{"0.5"});
  table.close();
}

TEST_CASE("an option that is not there has no values") {
  auto table = table_of({});

  CHECK(table.take(damping).empty());
  CHECK(table.take(quiet).empty());
  CHECK(table.take(resume).empty());
  table.close();
}

TEST_CASE("a value may be negative, empty or hold an equals sign") {
  auto table = table_of({"--damping", "-1", "--seed=", "--output", "a=b", "--output=c=d"});

  CHECK(table.take(damping) == Values{"-1"});
  CHECK(table.take(seed) == Values{""});
  CHECK(table.take(output) == Values{"a=b", "c=d"});
  table.close();
}

TEST_CASE("a flag gives one true for each time it stands there and takes no value") {
  auto table = table_of({"--quiet", "--quiet"});
  CHECK(table.take(quiet) == Values{"true", "true"});
  table.close();

  auto const error = refusal([] { return table_of({"--quiet=1"}).take(quiet); });
  CHECK(error.option == "--quiet");
  CHECK(error.problem == "takes no value");
}

TEST_CASE("only an option that may repeat may be given twice") {
  CHECK(table_of({"--output", "a", "--output=b"}).take(output) == Values{"a", "b"});

  auto const error = refusal([] { return table_of({"--seed", "1", "--seed=2"}).take(seed); });

  CHECK(error.option == "--seed");
  CHECK(error.problem == "given 2 times");
}

TEST_CASE("a value that may be left out comes after an equals sign only") {
  CHECK(table_of({"--resume"}).take(resume) == Values{""});
  CHECK(table_of({"--resume=auto"}).take(resume) == Values{"auto"});

  auto table = table_of({"--resume", "auto"});
  CHECK(refusal([&] { return table.take(resume); }).option == "--resume");
}

TEST_CASE("an option whose value is missing is refused") {
  for (auto const& arguments : {std::vector{"--seed"}, std::vector{"--seed", "--quiet"}, std::vector{"--seed", "--"}}) {
    auto const error = refusal([&] { return table_of(arguments).take(seed); });
    CHECK(error.option == "--seed");
    CHECK(error.problem == "needs a value: --seed=N");
  }
}

TEST_CASE("bare arguments belong to the positional option, together with named ones") {
  CHECK(table_of({"a.txt"}).take(input) == Values{"a.txt"});
  CHECK(table_of({"--input", "a.txt"}).take(input) == Values{"a.txt"});
  CHECK(table_of({"--input=a.txt"}).take(input) == Values{"a.txt"});
  CHECK(table_of({"a", "b", "c"}).take(inputs) == Values{"a", "b", "c"});
  CHECK(table_of({"--input", "a", "b", "c"}).take(inputs) == Values{"a", "b", "c"});
  CHECK(table_of({"a", "--input", "b", "--input=c"}).take(inputs) == Values{"b", "c", "a"});
}

TEST_CASE("a list of named values ends at the next option") {
  auto table = table_of({"--input", "a", "b", "--seed", "7"});

  CHECK(table.take(inputs) == Values{"a", "b"});
  CHECK(table.take(seed) == Values{"7"});
  table.close();
}

TEST_CASE("a bare token right after an option that is declared later is that option's value") {
  auto table = table_of({"a.txt", "--seed", "7"});
  CHECK(table.take(inputs) == Values{"a.txt"});
  CHECK(table.take(seed) == Values{"7"});
  table.close();

  auto with_equals = table_of({"--seed=7", "a.txt"});
  CHECK(with_equals.take(inputs) == Values{"a.txt"});
  CHECK(with_equals.take(seed) == Values{"7"});
  with_equals.close();
}

TEST_CASE("a bare token after an option that is declared already is an argument") {
  auto table = table_of({"--seed", "7", "--quiet", "a.txt"});

  CHECK(table.take(seed) == Values{"7"});
  CHECK(table.take(quiet) == Values{"true"});
  CHECK(table.take(inputs) == Values{"a.txt"});
  table.close();
}

TEST_CASE("a bare token after an announced flag is an argument, though the flag is declared later") {
  auto table = table_of({"--quiet", "a.txt", "--resume", "b.txt"});
  table.announce({quiet, resume});

  CHECK(table.take(inputs) == Values{"a.txt", "b.txt"});
  CHECK(table.take(quiet) == Values{"true"});
  CHECK(table.take(resume) == Values{""});
  table.close();
}

TEST_CASE("after two dashes everything is an argument") {
  auto table = table_of({"--seed", "7", "--", "--quiet", "-x", "a"});

  CHECK(table.take(seed) == Values{"7"});
  CHECK(table.take(quiet).empty());
  CHECK(table.take(inputs) == Values{"--quiet", "-x", "a"});
  table.close();
}

TEST_CASE("two dashes with nothing behind them are harmless") {
  auto table = table_of({"a", "--"});
  CHECK(table.take(input) == Values{"a"});
  table.close();
}

TEST_CASE("several positional options take the bare tokens in the order of their declaration") {
  OptionInfo const from{.name = "from", .value = "FILE", .positional = true};
  OptionInfo const to{.name = "to", .value = "FILE", .positional = true};
  auto table = table_of({"a", "b"});

  CHECK(table.take(from) == Values{"a"});
  CHECK(table.take(to) == Values{"b"});
  table.close();
}

TEST_CASE("one bare argument too many is refused") {
  auto table = table_of({"a", "b"});

  CHECK(table.take(input) == Values{"a"});
  auto const error = refusal([&] { table.close(); });

  CHECK(error.option == "b");
  CHECK(error.nearest == "");
}

TEST_CASE("a required option that is absent is refused, but not when help is asked for") {
  auto const error = refusal([] { return table_of({}).take(input); });
  CHECK(error.option == "--input");
  CHECK(error.problem == "is missing: what is read");

  CHECK(table_of({"--help"}).take(input).empty());
  CHECK(table_of({"--version"}).take(input).empty());
  CHECK(refusal([] { return table_of({"--", "--help"}).take(seed); }).option == "");
}

TEST_CASE("what is answered before anything starts is told from what runs") {
  CHECK(table_of({"--print-options"}).only_asks());
  CHECK(table_of({"a", "-h"}).only_asks());
  CHECK(table_of({"--version"}).only_asks());
  CHECK_FALSE(table_of({"--options", "print-options"}).only_asks());
}

TEST_CASE("an unknown option is refused with the nearest one that was declared") {
  auto table = table_of({"--dampng", "0.5"});
  CHECK(table.take(damping).empty());
  CHECK(table.take(seed).empty());

  auto const error = refusal([&] { table.close(); });

  CHECK(error.option == "--dampng");
  CHECK(error.problem == "unknown option");
  CHECK(error.nearest == "--damping");
}

TEST_CASE("an unknown option far from all others is refused without a proposal") {
  auto table = table_of({"--frobnicate=yes"});
  CHECK(table.take(damping).empty());

  auto const error = refusal([&] { table.close(); });

  CHECK(error.option == "--frobnicate");
  CHECK(error.nearest == "");
}

TEST_CASE("help and version are seen anywhere before two dashes") {
  CHECK(table_of({"a", "--help"}).asks_for("help"));
  CHECK(table_of({"--version"}).asks_for("version"));
  CHECK(table_of({"-h"}).asks_for("help"));
  CHECK_FALSE(table_of({"--", "--help"}).asks_for("help"));
  CHECK_FALSE(table_of({"help"}).asks_for("help"));
}

TEST_CASE("help lists every option with its value, its meaning and its default") {
  auto table = table_of({"--help"});
  for (auto const& info : {damping, inputs, output, resume, quiet}) CHECK(table.take(info).empty());

  auto const text = table.help("pagerank", "Ranks.");

  CHECK(text.starts_with("usage: pagerank FILE… [options]\nRanks.\n"));
  CHECK(text.find("--damping X") != std::string::npos);
  CHECK(text.find("of the walk (default 0.85)\n") != std::string::npos);
  CHECK(text.find("--resume[=auto]") != std::string::npos);
  CHECK(text.find("--quiet") != std::string::npos);
  CHECK(text.find("; may be repeated\n") != std::string::npos);
  CHECK(text.find("(required)") != std::string::npos);
  CHECK(table.declared().size() == 5);
}

TEST_CASE("a whole number is converted or refused with what was expected") {
  using pel::base::to_integer;

  CHECK(to_integer("seed", "7", 0, 10) == 7);
  CHECK(to_integer("seed", "-9223372036854775808", INT64_MIN, INT64_MAX) == INT64_MIN);
  for (auto const* const text : {"", " 7", "7 ", "7.0", "1e3", "11", "-1", "99999999999999999999", "x"}) {
    auto const error = refusal([&] { return to_integer("seed", text, 0, 10); });
    CHECK(error.option == "--seed");
    CHECK(error.problem == "\"" + std::string(text) + "\": expected a whole number from 0 to 10");
  }
}

TEST_CASE("a number is converted or refused") {
  using pel::base::to_number;

  CHECK(to_number("damping", "0.85") == 0.85);
  CHECK(to_number("damping", "-1e-3") == -1e-3);
  for (auto const* const text : {"", "0,85", "x", "1 ", "inf", "nan", "1e999"}) {
    CAPTURE(text);
    CHECK(refusal([&] { return to_number("damping", text); }).option == "--damping");
  }
}

TEST_CASE("a size is converted or refused") {
  using pel::base::to_bytes;

  CHECK(to_bytes("memory", "0") == 0);
  CHECK(to_bytes("memory", "1500") == 1500);
  CHECK(to_bytes("memory", "2K") == 2048);
  CHECK(to_bytes("memory", "3G") == std::uint64_t{3} << 30U);
  CHECK(to_bytes("memory", "16777215T") == std::uint64_t{16777215} << 40U);
  for (auto const* const text : {"", "K", "1k", "1.5G", "-1", "1 G", "1GB", "16777216T", "x"}) {
    CAPTURE(text);
    CHECK(refusal([&] { return to_bytes("memory", text); }).option == "--memory");
  }
}

TEST_CASE("a choice is one of its words or refused with the nearest") {
  using pel::base::to_choice;

  CHECK(to_choice("words", "blank", {"alnum", "blank"}) == "blank");
  auto const error = refusal([] { return to_choice("words", "blnk", {"alnum", "blank"}); });
  CHECK(error.nearest == "blank");
  CHECK(error.problem == "\"blnk\": expected one of alnum, blank");
}
