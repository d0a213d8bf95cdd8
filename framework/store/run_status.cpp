#include "store/run_status.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "store/replace_file.hpp"

namespace pel::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> state_names{"running", "done", "stopped", "failed"};  // as in RunState

std::optional<RunState> state_of(std::string const& name) {
  for (std::size_t i = 0; i < state_names.size(); ++i)
    if (name == state_names[i]) return static_cast<RunState>(i);
  return std::nullopt;
}

}  // namespace

std::string to_text(RunStatus const& status) {
  Json const json{{"incarnation", status.incarnation},
                  {"state", state_names[static_cast<std::size_t>(status.state)]},
                  {"exit_code", status.exit_code},
                  {"superstep", status.superstep},
                  {"doing", status.doing},
                  {"resumed_from", status.resumed_from},
                  {"checkpoint", status.checkpoint},
                  {"digest", status.digest},
                  {"error", status.error}};
  // An error's text may hold bytes of a file name that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_run_status(std::filesystem::path const& path, RunStatus const& status, bool durable) {
  replace_file(path, to_text(status), durable);
}

std::optional<RunStatus> read_run_status(std::filesystem::path const& path) try {
  std::string text;
  if (!read_small_file(path, text)) return std::nullopt;
  auto const json = Json::parse(text);
  auto const state = state_of(json.at("state"));
  if (!state) return std::nullopt;
  RunStatus status;
  status.incarnation = json.at("incarnation");
  status.state = *state;
  status.exit_code = json.at("exit_code");
  status.superstep = json.at("superstep");
  status.doing = json.value("doing", "");  // older versions do not say
  status.resumed_from = json.at("resumed_from");
  status.checkpoint = json.at("checkpoint");
  status.digest = json.at("digest");
  status.error = json.at("error");
  return status;
} catch (Json::exception const&) {
  return std::nullopt;
}

}  // namespace pel::store
