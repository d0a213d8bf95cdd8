// What the name of a result says of its form.
#pragma once

#include <string>
#include <string_view>

namespace pel::store {

// It ends in .h5 or .hdf5: one file of HDF5.
[[nodiscard]] bool is_hdf5_name(std::string_view path) noexcept;
// It ends in '/': a directory of parts.
[[nodiscard]] bool asks_for_parts(std::string_view path) noexcept;
// It is of HDF5, one file or, as in "table.h5/", parts.
[[nodiscard]] bool is_hdf5_result(std::string_view path) noexcept;
// The ending of parts of HDF5: that of their directory. Example: "table.hdf5//" gives ".hdf5".
[[nodiscard]] std::string hdf5_ending(std::string_view path);
// Without the .gz or .zst at its end, if it has one.
[[nodiscard]] std::string_view without_packing(std::string_view path) noexcept;
// Why there can be no such result: it would be HDF5 and packed, or parts without a name of their own. Empty where there
// can.
[[nodiscard]] std::string problem_of_name(std::string_view path);

}  // namespace pel::store
