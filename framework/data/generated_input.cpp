#include "data/generated_input.hpp"

#include "data/generated_points.hpp"
#include "data/generated_reads.hpp"
#include "data/generated_tera.hpp"

namespace pel::data {

std::shared_ptr<GeneratedRows const> generated_input(std::string const& name) {
  if (name.starts_with("tera:")) return std::make_shared<GeneratedTera const>(name);
  if (name.starts_with("points:")) return std::make_shared<GeneratedPoints const>(name);
  if (name.starts_with("reads:")) return std::make_shared<GeneratedReads const>(name);
  return nullptr;
}

}  // namespace pel::data
