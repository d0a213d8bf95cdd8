#include "store/lease_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "store/file.hpp"

namespace pel::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view suffix = ".json";

// The number in the name of a lease's file; 0 for any other name.
int number_of(std::string const& name) {
  if (name.size() <= suffix.size() || !name.ends_with(suffix)) return 0;
  auto const* const end = name.data() + name.size() - suffix.size();
  int number = 0;
  auto const [stop, error] = std::from_chars(name.data(), end, number);
  return error == std::errc() && stop == end ? number : 0;
}

bool is_locked(int fd) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(fd, F_OFD_GETLK, &lock) != 0) return false;  // a file system without locks
  return lock.l_type != F_UNLCK;
}

std::string read_all(int fd, std::filesystem::path const& path) {
  std::string text;
  std::array<char, 4096> piece{};
  while (true) {
    auto const n = ::read(fd, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw write_failed(path, errno);
    if (n == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace

std::string lease_tail(bool released, std::uint64_t counter) {
  return fmt::format("\"released\": {:<5}, \"counter\": {:>20}}}\n", released, counter);
}

std::string to_text(LeaseRecord const& record) {
  auto const& owner = record.owner;
  Json const json{{"incarnation", record.incarnation},
                  {"job", record.job},
                  {"host", owner.host},
                  {"machine", owner.machine},
                  {"boot", owner.boot},
                  {"pid_namespace", owner.pid_namespace},
                  {"pid", owner.pid},
                  {"pid_start", owner.start_time},
                  {"since", record.since}};
  auto text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.pop_back();  // the closing brace
  return text + ",\n " + lease_tail(record.released, record.counter);
}

std::optional<LeaseRecord> parse_lease(std::string const& text) try {
  auto const json = Json::parse(text);
  LeaseRecord record;
  record.incarnation = json.at("incarnation");
  record.job = json.at("job");
  record.owner.host = json.at("host");
  record.owner.machine = json.at("machine");
  record.owner.boot = json.at("boot");
  record.owner.pid_namespace = json.at("pid_namespace");
  record.owner.pid = json.at("pid");
  record.owner.start_time = json.at("pid_start");
  record.since = json.at("since");
  record.released = json.at("released");
  record.counter = json.at("counter");
  return record;
} catch (Json::exception const&) {
  return std::nullopt;
}

std::filesystem::path lease_folder(std::filesystem::path const& checkpoint_directory) {
  return checkpoint_directory / "lease";
}

std::filesystem::path lease_path(std::filesystem::path const& checkpoint_directory, int incarnation) {
  return lease_folder(checkpoint_directory) / fmt::format("{:04}{}", incarnation, suffix);
}

std::vector<int> lease_numbers(std::filesystem::path const& checkpoint_directory) {
  auto const folder = lease_folder(checkpoint_directory);
  std::vector<int> numbers;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  if (error == std::errc::no_such_file_or_directory) return numbers;
  while (!error && entry != std::filesystem::directory_iterator()) {
    if (int const number = number_of(entry->path().filename().string()); number > 0) numbers.push_back(number);
    entry.increment(error);
  }
  if (error) throw write_failed(folder, error.value(), "it cannot be listed: " + error.message());
  std::ranges::sort(numbers);
  return numbers;
}

std::optional<SeenLease> look_at_lease(std::filesystem::path const& path) {
  // Opened anew each time: a network file system asks its server only then.
  Descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open() && errno == ENOENT) return std::nullopt;
  if (!file.open()) throw write_failed(path, errno);
  return SeenLease{read_all(file.fd(), path), is_locked(file.fd())};
}

}  // namespace pel::store
