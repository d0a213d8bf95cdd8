#include "store/epoch_names.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <system_error>

#include "store/file.hpp"

namespace pel::store {

namespace fs = std::filesystem;

namespace {

WriteFailed cannot_list(fs::path const& path, std::error_code const& error) {
  return write_failed(path, error.value(), "it cannot be listed: " + error.message());
}

}  // namespace

std::string numbered(std::string_view prefix, std::int64_t superstep) {
  return fmt::format("{}{:09}", prefix, superstep);
}

std::optional<std::int64_t> superstep_in(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  auto const digits = name.substr(0, name.find('-'));
  std::int64_t superstep = -1;
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), superstep);
  if (digits.size() < 9 || error != std::errc() || end != digits.data() + digits.size() || superstep < 0)
    return std::nullopt;
  return superstep;
}

std::optional<int> incarnation_in(std::string_view name) {
  auto const superstep = superstep_in(name, epoch_names::temporary);
  if (!superstep) return std::nullopt;
  name.remove_prefix(numbered(epoch_names::temporary, *superstep).size());
  constexpr std::string_view mark = "-i";
  if (!name.starts_with(mark)) return std::nullopt;
  name.remove_prefix(mark.size());
  int incarnation = -1;
  auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), incarnation);
  if (error != std::errc() || end != name.data() + name.size() || incarnation < 0) return std::nullopt;
  return incarnation;
}

std::vector<fs::path> directories_in(fs::path const& path) {
  auto const is_gone = [](std::error_code const& error) { return error.value() == ENOENT; };
  std::vector<fs::path> found;
  std::error_code error;
  fs::directory_iterator entry(path, error);
  for (fs::directory_iterator const end; !error && entry != end; entry.increment(error)) {
    std::error_code of_entry;  // an entry may vanish meanwhile
    if (entry->is_directory(of_entry)) found.push_back(entry->path());
    if (of_entry && !is_gone(of_entry)) throw cannot_list(entry->path(), of_entry);
  }
  if (error && !is_gone(error)) throw cannot_list(path, error);
  return found;
}

fs::path free_name(fs::path const& path, std::string_view prefix, std::int64_t superstep, std::string_view suffix) {
  auto const stem = (path / numbered(prefix, superstep)).string() + std::string(suffix);
  fs::path name = stem;
  std::error_code ignored;
  for (int n = 2; fs::exists(name, ignored); ++n) name = stem + "-" + std::to_string(n);
  return name;
}

}  // namespace pel::store
