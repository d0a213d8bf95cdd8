#include "data/generated_reads.hpp"

#include <algorithm>

#include "data/generator_spec.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

constexpr char const* letters = "ACGT";
constexpr std::size_t digits = 12;              // of a read's number
constexpr std::size_t beside = 1 + digits + 2;  // bytes of a read that are no letters
constexpr std::uint64_t longest_read = 10'000;  // letters
constexpr std::uint64_t longest_genome = 1'000'000'000'000;
constexpr std::uint64_t word = 32;  // letters of one hash

}  // namespace

GeneratedReads::Parameters GeneratedReads::parse(std::string const& spec) {
  GeneratorSpec const given(spec, {"n", "length", "genome", "errors", "seed"});
  Parameters const parameters{given.amount("n", 1'000'000, most_generated_rows),
                              given.whole("length", 100, 1, longest_read),
                              given.amount("genome", 1'000'000, longest_genome), given.whole("errors", 0, 0, 1000),
                              given.whole("seed", 1, 0, ~std::uint64_t{0})};
  if (parameters.genome < parameters.length)
    throw UsageError(spec, "a genome of " + std::to_string(parameters.genome) + " letters has no reads of " +
                               std::to_string(parameters.length));
  return parameters;
}

GeneratedReads::GeneratedReads(std::string const& spec) : GeneratedReads(parse(spec)) {}

GeneratedReads::GeneratedReads(Parameters const& parameters)
    : GeneratedRows("reads:n=" + std::to_string(parameters.n) + ",length=" + std::to_string(parameters.length) +
                        ",genome=" + std::to_string(parameters.genome) +
                        ",errors=" + std::to_string(parameters.errors) + ",seed=" + std::to_string(parameters.seed),
                    parameters.n, parameters.length + beside),
      length_(parameters.length),
      starts_(parameters.genome - parameters.length + 1),
      errors_(parameters.errors),
      genome_(KeyedHash(parameters.seed).under(0)),
      start_(KeyedHash(parameters.seed).under(1)),
      error_(KeyedHash(parameters.seed).under(2)) {}

// Writes the genome's letters from one on, and returns where they end.
char* GeneratedReads::put_letters(std::uint64_t from, char* to) const noexcept {
  for (auto at = from; at < from + length_;) {
    auto const n = std::min(word - at % word, from + length_ - at);
    auto bits = genome_(at / word) >> (2 * (at % word));
    for (std::uint64_t i = 0; i < n; ++i, bits >>= 2U) *to++ = letters[bits & 3U];
    at += n;
  }
  return to;
}

void GeneratedReads::make(std::uint64_t number, std::span<char> row) const {
  auto* at = row.data();
  *at++ = '>';
  auto rest = number;
  for (auto digit = digits; digit-- > 0; rest /= 10) at[digit] = static_cast<char>('0' + rest % 10);
  at += digits;
  *at++ = '\n';
  auto* const read = at;
  at = put_letters(start_(number) % starts_, at);
  *at = '\n';
  if (errors_ == 0) return;
  auto const errors = error_.under(number);
  for (std::uint64_t j = 0; j < length_; ++j)
    if (auto const error = errors(j); error % 1000 < errors_) {
      auto const right = static_cast<std::uint64_t>(std::find(letters, letters + 3, read[j]) - letters);
      read[j] = letters[(right + 1 + (error >> 32U) % 3) % 4];
    }
}

}  // namespace pel::data
