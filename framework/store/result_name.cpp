#include "store/result_name.hpp"

namespace pel::store {

bool is_hdf5_name(std::string_view path) noexcept { return path.ends_with(".h5") || path.ends_with(".hdf5"); }

bool asks_for_parts(std::string_view path) noexcept { return path.ends_with('/'); }

std::string_view without_packing(std::string_view path) noexcept {
  for (std::string_view const ending : {".gz", ".zst"})
    if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size());
  return path;
}

std::string problem_of_name(std::string_view path) {
  bool const in_parts = asks_for_parts(path);
  auto const named = path.substr(0, path.find_last_not_of('/') + 1);
  auto const name = named.substr(named.rfind('/') + 1);
  if (in_parts && (name.empty() || name == "." || name == ".."))
    return std::string(path) + ": a directory of parts needs a name of its own";
  if (in_parts && name.ends_with(".partial"))
    return std::string(path) + ": so are parts called that are not whole; take another name";
  auto const plain = without_packing(named);
  if ((!in_parts && plain == named) || !is_hdf5_name(plain)) return {};
  return std::string(path) + ": HDF5 is one file, " +
         (in_parts ? "never parts: leave out the / at the end" : "never packed: leave out the last ending");
}

}  // namespace pel::store
