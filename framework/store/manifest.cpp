#include "store/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "base/digest.hpp"
#include "pel/error.hpp"
#include "store/creation_time.hpp"
#include "store/part_file.hpp"

namespace pel::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t digest_line = 33;  // 32 digits and the line's end

std::string digest_of(std::string const& text) { return base::to_hex(base::digest_of(std::as_bytes(std::span(text)))); }

Json to_json(PartSummary const& part) {
  auto partitions = Json::array();
  for (auto const id : part.partitions) partitions.push_back(index(id));
  auto places = Json::array();
  for (auto const& place : part.table_places)
    places.push_back(Json::array({place.offset, place.bytes, place.row_bytes}));
  auto links = Json::array();
  for (auto const& link : part.links) links.push_back(Json::array({link.file, link.bytes}));
  return {
      {"file", part.file}, {"bytes", part.bytes}, {"digest", part.digest},   {"metadata_bytes", part.metadata_bytes},
      {"tables", places},  {"links", links},      {"partitions", partitions}};
}

Json to_json(Manifest const& manifest) {
  auto identity = Json::array();
  for (auto const& [field, value] : manifest.identity) identity.push_back(Json::array({field, value}));
  auto parts = Json::array();
  for (auto const& part : manifest.parts) parts.push_back(to_json(part));
  return {{"format", part_format},
          {"format_version", part_format_version},
          {"app", manifest.app},
          {"superstep", manifest.superstep},
          {"partitions", manifest.partitions},
          {"created_utc", creation_time()},
          {"build", manifest.build},
          {"identity", identity},
          {"parts", parts}};
}

PartSummary part_of(Json const& json) {
  PartSummary part;
  part.file = json.at("file");
  part.bytes = json.at("bytes");
  part.digest = json.at("digest");
  part.metadata_bytes = json.at("metadata_bytes");
  for (std::size_t i = 0; i < tables; ++i) {
    auto const& place = json.at("tables").at(i);
    part.table_places.at(i) = {place.at(0), place.at(1), place.at(2)};
  }
  for (auto const& link : json.at("links")) part.links.push_back({link.at(0), link.at(1)});
  for (auto const& id : json.at("partitions")) part.partitions.push_back(partition_id(id.get<std::uint32_t>()));
  return part;
}

Manifest manifest_of(Json const& json) {
  Manifest manifest;
  manifest.app = json.at("app");
  manifest.superstep = json.at("superstep");
  manifest.partitions = json.at("partitions");
  manifest.build = json.value("build", "");
  for (auto const& entry : json.at("identity")) manifest.identity.emplace_back(entry.at(0), entry.at(1));
  for (auto const& part : json.at("parts")) manifest.parts.push_back(part_of(part));
  return manifest;
}

// Links are to files beside the part, whoever wrote the manifest.
bool is_plain_name(std::string const& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

}  // namespace

bool complete(Manifest const& manifest) {
  std::vector<PartitionId> found;
  for (std::size_t rank = 0; rank < manifest.parts.size(); ++rank) {
    auto const& part = manifest.parts[rank];
    if (part.file != part_name(rank)) return false;
    if (!std::ranges::all_of(part.links, is_plain_name, &LinkedFile::file)) return false;
    found.insert(found.end(), part.partitions.begin(), part.partitions.end());
  }
  std::ranges::sort(found);
  if (found.size() != manifest.partitions) return false;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (index(found[i]) != i) return false;
  return true;
}

std::string to_text(PartSummary const& part) { return to_json(part).dump(); }
PartSummary part_from(std::string const& text) { return part_of(Json::parse(text)); }

std::string part_name(std::size_t rank) { return fmt::format("part-{:05}.h5", rank); }

std::string to_text(Manifest const& manifest) try {
  auto const body = to_json(manifest).dump(2) + "\n";
  return body + digest_of(body) + "\n";
} catch (Json::exception const& error) {
  throw InternalError(__FILE__, __LINE__, std::string("the manifest cannot be written as JSON: ") + error.what());
}

Manifest parse_manifest(std::filesystem::path const& path, std::string const& text) try {
  if (text.size() < digest_line) throw Damaged(path, "is cut short", "manifest");
  auto const body = text.substr(0, text.size() - digest_line);
  if (text.substr(body.size()) != digest_of(body) + "\n")
    throw Damaged(path, "does not match the digest in its last line", "manifest");
  auto const json = Json::parse(body);
  if (json.at("format") != part_format) throw Damaged(path, "is no manifest of a checkpoint", "manifest");
  if (auto const version = json.at("format_version").get<std::int64_t>(); version != part_format_version)
    throw ConfigError(path.string(),
                      "another version of PEL wrote this checkpoint: its format has the version " +
                          std::to_string(version) + ", this PEL's is " + std::to_string(part_format_version),
                      "go on with the PEL that wrote it, or name another --checkpoint-dir; nothing was changed");
  auto manifest = manifest_of(json);
  if (!complete(manifest))
    throw Damaged(path, "its parts are not named as parts are, or do not hold every partition once", "manifest");
  return manifest;
} catch (Json::exception const& error) {
  throw Damaged(path, std::string("is not the expected JSON: ") + error.what(), "manifest");
}

}  // namespace pel::store
