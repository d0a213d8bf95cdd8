#include "store/replace_file.hpp"

#include <unistd.h>

#include <fstream>
#include <span>
#include <sstream>

#include "store/file.hpp"

namespace pel::store {

void replace_file(std::filesystem::path const& path, std::string const& text, bool durable) {
  make_directories(parent_of(path));
  // Two processes may replace the same file: the last one wins, neither tears the other's.
  auto const beside = path.string() + ".new-" + std::to_string(::getpid());
  try {
    auto file = WritableFile::create(beside);
    file.write_at(0, std::as_bytes(std::span(text)));
    if (durable) file.sync();
    file.close();
    rename_checked(beside, path);
  } catch (...) {
    ::unlink(beside.c_str());
    throw;
  }
  if (durable) sync_directory(parent_of(path));
}

bool read_small_file(std::filesystem::path const& path, std::string& text) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  text.clear();
  if (!file) return false;
  if (file.peek() != std::ifstream::traits_type::eof()) content << file.rdbuf();  // an empty file is no failure
  if (file.bad() || !content) return false;
  text = std::move(content).str();
  return true;
}

}  // namespace pel::store
