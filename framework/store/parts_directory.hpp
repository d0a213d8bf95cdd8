// Results in parts: a directory with a file a partition, under a temporary name until whole. Parts are texts and
// records, packed or not, or HDF5 where the directory is called so ("table.h5/"); the one takes the place of its like
// alone.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace pel::store {

// The directory without its last slashes. Example: "counts//" gives "counts".
[[nodiscard]] std::filesystem::path directory_of_parts(std::string const& path);

// The name of a part: of at least five digits, as many in all parts, so that the order of names is that of partitions.
// Example: part_name(17, 64, ".txt") is "part-00017.txt".
[[nodiscard]] std::string part_name(std::size_t part, std::size_t parts, std::string const& ending);

// Refuses a path that could not be written later: there is something already that is neither an empty directory nor one
// that holds such parts alone, or its own directory lets none be made in it. Throws: WriteFailed.
void must_take_parts(std::string const& path);

// The path of a part under the temporary name of the directory.
[[nodiscard]] std::filesystem::path temporary_part(std::string const& path, std::string const& name);

// Makes the temporary directory, empty. One process. Throws: WriteFailed, as must_take_parts().
void create_parts(std::string const& path);

// Gives it its name, in place of parts that were there. One process, when all parts are written. Throws: WriteFailed.
void publish_parts(std::string const& path);

// The same in place of parts that are there, on file systems that cannot exchange two names: between two renames there
// is nothing under the name, and the old parts lie beside it under NAME.partial.old.
void publish_parts_in_steps(std::string const& path);

// Removes the temporary directory, if there is one. Does not throw.
void discard_parts(std::string const& path) noexcept;

}  // namespace pel::store
