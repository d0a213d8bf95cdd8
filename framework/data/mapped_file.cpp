#include "data/mapped_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <mutex>
#include <optional>

#include "data/file.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

// What is mapped, as the handler finds it: it may look at lock-free atomics alone.
struct Place {
  std::atomic<bool> taken = false;
  std::atomic<std::uintptr_t> begin = 0, end = 0;  // equal: nothing yet
  std::atomic<std::uintptr_t> gone = 0;            // the first page that was not there
};
constexpr std::size_t most_files = 256;
std::array<Place, most_files>
    places;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): signals have no other
struct sigaction handled_before {};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): as above
std::uintptr_t page_bytes = 0;       // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): as above

// mmap is one system call, which a handler may make here as elsewhere.
void put_zeros(int /*signal*/, siginfo_t* info, void* /*context*/) {
  auto const at = reinterpret_cast<std::uintptr_t>(info->si_addr);
  for (auto& place : places) {
    if (at < place.begin || at >= place.end) continue;
    auto const page = at / page_bytes * page_bytes;
    if (::mmap(reinterpret_cast<void*>(page), page_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
        MAP_FAILED)
      break;
    std::uintptr_t none = 0;
    place.gone.compare_exchange_strong(none, page);
    return;
  }
  ::sigaction(SIGBUS, &handled_before, nullptr);  // not ours: it comes again, and goes to whom it did before
}

bool install_handler() {
  page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  struct sigaction action {};
  action.sa_sigaction = put_zeros;
  action.sa_flags = SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  return ::sigaction(SIGBUS, &action, &handled_before) == 0;
}

std::optional<std::size_t> take_place() {
  for (std::size_t i = 0; i < places.size(); ++i)
    if (!places[i].taken.exchange(true)) return i;
  return std::nullopt;
}

void give_back(std::size_t i) {
  auto& place = places[i];
  place.end = 0;
  place.begin = 0;
  place.gone = 0;
  place.taken = false;
}

}  // namespace

std::unique_ptr<MappedFile> MappedFile::of(File const& file) {
  static bool const handler = install_handler();
  if (!handler || file.size() == 0) return nullptr;
  auto const place = take_place();
  if (!place) return nullptr;
  auto* const at = ::mmap(nullptr, file.size(), PROT_READ, MAP_SHARED, file.descriptor(), 0);
  if (at == MAP_FAILED) {
    give_back(*place);
    return nullptr;
  }
  auto const begin = reinterpret_cast<std::uintptr_t>(at);
  places[*place].begin = begin;
  places[*place].end = begin + (file.size() + page_bytes - 1) / page_bytes * page_bytes;
  return std::unique_ptr<MappedFile>(
      new MappedFile(file.path(), {static_cast<std::byte const*>(at), file.size()}, *place));
}

MappedFile::~MappedFile() {
  ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  give_back(place_);
}

void MappedFile::fetch(std::uint64_t offset, std::uint64_t size) const noexcept {
  auto const begin = offset / page_bytes * page_bytes;
  // Where the system cannot, or the file is shorter, pages come one by one.
  (void)::madvise(const_cast<std::byte*>(bytes_.data()) + begin, offset + size - begin, MADV_POPULATE_READ);
}

void MappedFile::check() const {
  auto const gone = places[place_].gone.load();
  if (gone == 0) return;
  throw BadData(path_, 0, 0, static_cast<std::int64_t>(gone - reinterpret_cast<std::uintptr_t>(bytes_.data())),
                "the file ends here, it was longer when the job opened it");
}

}  // namespace pel::data
