// The parameters of an input that is generated: "text:bytes=200M,seed=1" is the generator "text" with two of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pel::data {

// Example: GeneratorSpec("text:bytes=2K") has whole("seed", 1) == 1 and amount("bytes", 5) == 2000.
class GeneratorSpec {
 public:
  // Throws: UsageError if a part is not key=value, a key comes twice or is none of `keys`.
  GeneratorSpec(std::string spec, std::vector<std::string> const& keys);

  // The value of the key, or `otherwise` where it is not given.
  // Throws: UsageError if it is no whole number in [least, most]; or neither yes nor no.
  [[nodiscard]] std::uint64_t whole(std::string_view key, std::uint64_t otherwise, std::uint64_t least,
                                    std::uint64_t most) const;
  [[nodiscard]] bool yes(std::string_view key, bool otherwise) const;
  // The same with an optional suffix K, M or G: thousands, millions, billions.
  [[nodiscard]] std::uint64_t amount(std::string_view key, std::uint64_t otherwise, std::uint64_t most,
                                     std::uint64_t least = 0) const;
  // Which of `words` the value is; the first where the key is not given. Throws: UsageError if it is none of them.
  [[nodiscard]] std::size_t choice(std::string_view key, std::vector<std::string> const& words) const;

 private:
  struct Parameter {
    std::string key, value;
  };
  [[nodiscard]] Parameter const* find(std::string_view key) const noexcept;
  [[noreturn]] void refuse(Parameter const& parameter, std::string const& expected) const;

  std::string spec_;
  std::vector<Parameter> parameters_;
};

}  // namespace pel::data
