#include "store/halt_request.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "pel/error.hpp"
#include "store/file.hpp"
#include "store/replace_file.hpp"

namespace pel::store {

using Json = nlohmann::ordered_json;

bool HaltRequest::due(std::int64_t superstep, double seconds) const noexcept {
  if (at_superstep < 0 && after_seconds < 0) return true;
  return (at_superstep >= 0 && superstep >= at_superstep) || (after_seconds >= 0 && seconds >= after_seconds);
}

void write_halt_request(std::filesystem::path const& path, HaltRequest const& request) {
  Json const json{{"at_superstep", request.at_superstep}, {"after_seconds", request.after_seconds}};
  replace_file(path, json.dump() + "\n", false);
}

std::optional<HaltRequest> read_halt_request(std::filesystem::path const& path) try {
  std::string text;
  if (!read_small_file(path, text)) return std::nullopt;
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return HaltRequest();
  auto const json = Json::parse(text);
  HaltRequest request;
  request.at_superstep = json.value("at_superstep", request.at_superstep);
  request.after_seconds = json.value("after_seconds", request.after_seconds);
  return request;
} catch (Json::exception const& error) {
  throw BadData(path.string(), 0, 0, -1, std::string("is no halt request: ") + error.what());
}

void remove_halt_request(std::filesystem::path const& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (error) throw write_failed(path, error.value());
}

}  // namespace pel::store
