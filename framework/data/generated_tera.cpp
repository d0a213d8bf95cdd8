#include "data/generated_tera.hpp"

#include <array>
#include <cstring>

#include "data/generator_spec.hpp"

namespace pel::data {
namespace {

constexpr std::array<char const*, 3> kinds{"uniform", "skew", "equal"};  // in the order of TeraKind

}  // namespace

GeneratedTera::Parameters GeneratedTera::parse(std::string const& spec) {
  GeneratorSpec const given(spec, {"n", "kind", "seed"});
  return {given.amount("n", 1'000'000, most_generated_rows),
          static_cast<TeraKind>(given.choice("kind", {kinds.begin(), kinds.end()})),
          given.whole("seed", 1, 0, ~std::uint64_t{0})};
}

GeneratedTera::GeneratedTera(std::string const& spec) : GeneratedTera(parse(spec)) {}

GeneratedTera::GeneratedTera(Parameters parameters)
    : GeneratedRows("tera:n=" + std::to_string(parameters.n) +
                        ",kind=" + kinds.at(static_cast<std::size_t>(parameters.kind)) +
                        ",seed=" + std::to_string(parameters.seed),
                    parameters.n, sizeof(TeraRecord)),
      kind_(parameters.kind),
      seed_(parameters.seed) {}

void GeneratedTera::make(std::uint64_t number, std::span<char> row) const {
  auto const record = tera_record(kind_, seed_, number);
  std::memcpy(row.data(), &record, sizeof record);
}

}  // namespace pel::data
