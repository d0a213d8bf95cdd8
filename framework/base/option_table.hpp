// The command line of a job: options are declared where they are used, one call reads and documents each, and closing
// the table refuses what nobody declared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pel::base {

// How one option is written and explained in --help.
struct OptionInfo {
  std::string name{};      // without the dashes
  std::string value{};     // what it takes, as --help shows it ("N", "FILE"); empty: a flag
  std::string fallback{};  // the default as text; empty: none
  std::string help{};
  bool required = false;
  bool positional = false;  // may also stand without its name
  bool may_repeat = false;
  bool value_optional = false;  // "--resume" and "--resume=auto": a value only after '='
};

// Declared by name, in any order, each once; values are strings, converted by the caller with the functions below.
// Tokens are split by CLI11; "--name value", "--name=value", "-h" for "--help" and "--" (the rest is positional) are
// understood.
// A token that stands bare right after an option which is declared only later counts as that option's value, unless
// the option was announced as one that takes none: declare flags before positional options, or announce them.
// Example: "--loud a.txt" gives the positional option "a.txt" if the flag loud is declared before it.
class OptionTable {
 public:
  OptionTable(int argc, char const* const* argv);

  // Options, to be declared later, whose next token is never theirs: flags, and those with value_optional.
  void announce(std::vector<OptionInfo> options) { announced_ = std::move(options); }

  // All values given for the option, in order; those of a positional one include the bare tokens.
  // A flag yields one "true" for each time it stands there. Throws: UsageError where a value is missing, for a
  // repeated option that may not be, for a required one that is absent (unless only_asks()), and
  // for "--resume auto" where "--resume=auto" must be written.
  [[nodiscard]] std::vector<std::string> take(OptionInfo const& info);

  // Throws: UsageError naming the first token nobody declared, with the nearest declared name.
  void close() const;

  [[nodiscard]] bool asks_for(std::string const& flag) const;  // "help", "version": present anywhere
  [[nodiscard]] bool only_asks() const;  // for one of those that are answered before anything starts
  [[nodiscard]] std::string help(std::string const& program, std::string const& purpose) const;
  [[nodiscard]] std::vector<OptionInfo> const& declared() const noexcept { return declared_; }

 private:
  [[nodiscard]] std::vector<std::string> named_values(OptionInfo const& info);
  void take_bare_tokens(OptionInfo const& info, std::vector<std::string>& values);
  // Whether the token is an option whose value may be the next token.
  [[nodiscard]] bool takes_next(std::size_t i) const;
  void refuse_detached_value(OptionInfo const& info, std::size_t i) const;

  std::vector<std::string> tokens_;
  std::vector<bool> used_;
  std::vector<OptionInfo> declared_, announced_;
};

// Conversions of an option's text. Throws: UsageError naming the option, the text and what was expected.
[[nodiscard]] std::int64_t to_integer(std::string const& option, std::string const& text, std::int64_t least,
                                      std::int64_t most);
// Bytes: a whole number, or one with K, M, G or T behind it, for powers of 1024. Example: "2K" is 2048.
[[nodiscard]] std::uint64_t to_bytes(std::string const& option, std::string const& text);
[[nodiscard]] double to_number(std::string const& option, std::string const& text);

// One of a few words. Throws: UsageError with the nearest.
[[nodiscard]] std::string to_choice(std::string const& option, std::string const& text,
                                    std::vector<std::string> const& choices);

}  // namespace pel::base
