#include "data/text_input.hpp"

#include <glob.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "base/digest.hpp"
#include "data/file.hpp"
#include "data/generated_input.hpp"
#include "data/generated_text.hpp"
#include "data/gzip_file.hpp"
#include "data/missing_inputs.hpp"
#include "data/source_bytes.hpp"
#include "data/zstd_file.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

std::vector<std::string> files_of_directory(std::string const& path) {
  std::error_code error;
  std::vector<std::string> files;
  std::filesystem::directory_iterator at(path, error);
  for (std::filesystem::directory_iterator const end; !error && at != end; at.increment(error))
    if (std::error_code unreadable; at->is_regular_file(unreadable)) files.push_back(at->path().string());
  if (error) throw MissingInput(path, error.message());
  if (files.empty()) throw MissingInput(path, "the directory holds no file");
  std::ranges::sort(files);
  return files;
}

std::vector<std::string> matches_of(std::string const& pattern) {
  ::glob_t found{};
  auto const result = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  std::vector<std::string> matches;
  if (result == 0) matches.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (result == GLOB_NOSPACE) throw std::bad_alloc();
  if (matches.empty()) throw MissingInput(pattern, "no file matches");
  std::ranges::sort(matches);  // by bytes: glob itself would sort as the locale says
  return matches;
}

void open_path(std::string const& path, Sniffed sniffed, std::vector<TextSource>& sources) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) {
    sources.push_back(open_text_file(path, sniffed));
    return;
  }
  MissingInputs missing;
  for (auto const& file : files_of_directory(path))
    missing.found([&] { sources.push_back(open_text_file(file, sniffed)); });
  missing.refuse();
}

TextSource held(std::string name, std::string text) {
  auto const size = text.size();
  return {std::move(name), size, std::make_shared<std::string const>(std::move(text))};
}

void open_name(std::string const& name, Sniffed sniffed, std::vector<TextSource>& sources) {
  std::error_code ignored;
  if (name.starts_with("text:")) {
    sources.push_back(held(name, GeneratedText::parse(name).make()));
  } else if (auto const made = generated_input(name)) {
    sources.push_back({name, made->size(), nullptr, longest_line, made});
  } else if (std::filesystem::exists(name, ignored) || name.find_first_of("*?[") == std::string::npos) {
    open_path(name, sniffed, sources);  // a file may have such characters in its name
  } else {
    MissingInputs missing;
    for (auto const& match : matches_of(name)) missing.found([&] { open_path(match, sniffed, sources); });
    missing.refuse();
  }
}

void add_text_of(TextSource const& source, std::uint64_t begin, std::uint64_t end, base::DigestStream& digest) {
  if (source.held) {
    digest.add(std::as_bytes(std::span(*source.held)).subspan(begin, end - begin));
    return;
  }
  SourceBytes const bytes(source);
  std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(end - begin, read_bytes)));
  for (auto at = begin; at < end;) {
    auto const part =
        std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - at)));
    bytes.read_at(at, part);
    digest.add(std::as_bytes(part));
    at += part.size();
  }
}

}  // namespace

TextSource open_text_file(std::string const& path, Sniffed sniffed) {
  File const file(path);
  bool const by_bytes = sniffed(path);
  if (is_zstd_name(path) || (by_bytes && is_zstd(file))) return held(path, unpack_zstd(file));
  if (is_gzip_name(path) || (by_bytes && is_gzip(file))) return held(path, unpack_gzip(file));
  return {path, file.size(), nullptr};
}

void add_text_of(TextSource const& source, base::DigestStream& digest) { add_text_of(source, 0, source.size, digest); }

TextInput::TextInput(std::vector<TextSource> sources) : sources_(std::move(sources)) {
  for (auto const& source : sources_) size_ += source.size;
}

TextInput TextInput::open(std::vector<std::string> const& names, Sniffed sniffed) {
  std::vector<TextSource> sources;
  MissingInputs missing;
  for (auto const& name : names) missing.found([&] { open_name(name, sniffed, sources); });
  missing.refuse();
  return TextInput(std::move(sources));
}

TextInput TextInput::with_max_line(std::size_t bytes) const {
  auto sources = sources_;
  for (auto& source : sources) source.max_line = bytes;
  return TextInput(std::move(sources));
}

void TextInput::for_each_source(
    ByteRange range, base::FunctionRef<void(std::size_t source, std::uint64_t offset, std::uint64_t size)> use) const {
  std::uint64_t begin = 0;
  for (std::size_t source = 0; source < sources_.size(); ++source) {
    auto const end = begin + sources_[source].size;
    auto const from = std::max(range.begin, begin), to = std::min(range.end, end);
    if (from < to) use(source, from - begin, to - from);
    begin = end;
  }
}

std::vector<TextInput::Piece> TextInput::pieces() const {
  constexpr std::uint64_t most = std::uint64_t{8} << 20U;
  std::vector<Piece> pieces;
  for (std::size_t source = 0; source < sources_.size(); ++source)
    for (std::uint64_t at = 0; at < sources_[source].size && !sources_[source].made; at += most)
      pieces.push_back({source, at, static_cast<std::size_t>(std::min(most, sources_[source].size - at))});
  return pieces;
}

base::Digest TextInput::digest_of(Piece const& piece) const {
  auto const& source = sources_[piece.source];
  base::DigestStream digest;
  add_text_of(source, piece.at, piece.at + piece.size, digest);
  return digest.finish();
}

std::string TextInput::digest(std::span<base::Digest const> of_pieces) const {
  base::DigestStream digest;
  for (auto const& source : sources_) {
    // Written byte by byte, so that the digest is the same on every machine.
    std::array<std::byte, 8> size{};
    for (std::size_t i = 0; i < size.size(); ++i) size[i] = static_cast<std::byte>(source.size >> (8 * i) & 255);
    digest.add(size);
    if (source.made) digest.add_text(source.made->spec());
  }
  for (auto const& piece : of_pieces) digest.add(piece);
  return base::to_hex(digest.finish());
}

}  // namespace pel::data
