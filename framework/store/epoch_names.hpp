// What the directories of an epoch are called in the course of its life. The order of names is that of supersteps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pel::store {

namespace epoch_names {
constexpr char const* committed = "epoch-";
constexpr char const* temporary = "tmp-";
constexpr char const* trash = "trash-";
constexpr char const* old = "old-";
constexpr char const* bad = "bad-";
}  // namespace epoch_names

// "epoch-000000012".
[[nodiscard]] std::string numbered(std::string_view prefix, std::int64_t superstep);

// The superstep in a name such as "epoch-000000012" or, with something after it, "trash-000000012-2"; nothing for other
// names, so that files of somebody else are never touched.
[[nodiscard]] std::optional<std::int64_t> superstep_in(std::string_view name, std::string_view prefix);

// The incarnation in a name such as "tmp-000000012-i0003"; nothing for other names.
[[nodiscard]] std::optional<int> incarnation_in(std::string_view name);

// The directories in a directory; none where it is missing. Throws: WriteFailed for one that cannot be listed to its
// end, as "no epochs" would be a wrong answer.
[[nodiscard]] std::vector<std::filesystem::path> directories_in(std::filesystem::path const& path);

// A name for superstep's directory that is not taken yet.
[[nodiscard]] std::filesystem::path free_name(std::filesystem::path const& path, std::string_view prefix,
                                              std::int64_t superstep, std::string_view suffix = {});

}  // namespace pel::store
