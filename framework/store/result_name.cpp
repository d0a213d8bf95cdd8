#include "store/result_name.hpp"

namespace pel::store {
namespace {

std::string_view without_slashes(std::string_view path) noexcept {
  return path.substr(0, path.find_last_not_of('/') + 1);
}

}  // namespace

bool is_hdf5_name(std::string_view path) noexcept { return path.ends_with(".h5") || path.ends_with(".hdf5"); }

bool is_hdf5_result(std::string_view path) noexcept { return is_hdf5_name(without_slashes(path)); }

std::string hdf5_ending(std::string_view path) {
  auto const named = without_slashes(path);
  return std::string(named.substr(named.rfind('.')));
}

bool asks_for_parts(std::string_view path) noexcept { return path.ends_with('/'); }

std::string_view without_packing(std::string_view path) noexcept {
  for (std::string_view const ending : {".gz", ".zst"})
    if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size());
  return path;
}

std::string problem_of_name(std::string_view path) {
  bool const in_parts = asks_for_parts(path);
  auto const named = without_slashes(path);
  auto const name = named.substr(named.rfind('/') + 1);
  if (in_parts && (name.empty() || name == "." || name == ".."))
    return std::string(path) + ": a directory of parts needs a name of its own";
  if (in_parts && name.ends_with(".partial"))
    return std::string(path) + ": so are parts called that are not whole; take another name";
  auto const plain = without_packing(named);
  if (plain == named || !is_hdf5_name(plain)) return {};
  return std::string(path) + ": HDF5 is never packed: leave out " + std::string(named.substr(plain.size()));
}

}  // namespace pel::store
