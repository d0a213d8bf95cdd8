#include "data/mapped_file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>

#include "pel/error.hpp"

namespace pel::data {
namespace {

// What is mapped, as the handler finds it: it may look at lock-free atomics alone.
struct Place {
  std::atomic<bool> taken = false;
  std::atomic<std::uintptr_t> begin = 0, end = 0;  // equal: nothing yet
  std::atomic<bool> gone = false;                  // a page was not there
};
constexpr std::size_t most_files = 256;
std::array<Place, most_files>
    places;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): signals have no other
struct sigaction handled_before {};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): as above
std::uintptr_t page_bytes = 0;       // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): as above

// To whom the signal would have gone.
void hand_on(int signal, siginfo_t* info, void* context) {
  if ((handled_before.sa_flags & SA_SIGINFO) != 0) return handled_before.sa_sigaction(signal, info, context);
  if (handled_before.sa_handler != SIG_DFL && handled_before.sa_handler != SIG_IGN)
    return handled_before.sa_handler(signal);
  ::sigaction(signal, &handled_before, nullptr);
  if (info->si_code <= 0) ::raise(signal);  // somebody sent it; a fault comes again by itself
}

// Zeros from the page that is not there to the end: one piece, however many of its pages are asked for in whatever
// order. mmap is one system call, which a handler may make here as elsewhere.
void put_zeros(int signal, siginfo_t* info, void* context) {
  auto const at = reinterpret_cast<std::uintptr_t>(info->si_addr);
  for (auto& place : places) {
    auto const end = place.end.load();
    if (info->si_code <= 0 || at < place.begin || at >= end) continue;
    auto const page = at / page_bytes * page_bytes;
    if (::mmap(reinterpret_cast<void*>(page), end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
        MAP_FAILED)
      break;
    place.gone = true;
    return;
  }
  hand_on(signal, info, context);
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
  place.gone = false;
  place.taken = false;
}

}  // namespace

std::unique_ptr<MappedFile> MappedFile::of(File file) {
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
  std::span const bytes(static_cast<std::byte const*>(at), file.size());
  return std::unique_ptr<MappedFile>(new MappedFile(std::move(file), bytes, *place));
}

// The place last: what is mapped there next may be another's.
MappedFile::~MappedFile() {
  places[place_].end = 0;
  ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  give_back(place_);
}

void MappedFile::fetch(std::uint64_t offset, std::uint64_t size) const noexcept {
  auto const begin = offset / page_bytes * page_bytes;
  // Where the system cannot, or the file is shorter, pages come one by one.
  (void)::madvise(const_cast<std::byte*>(bytes_.data()) + begin, offset + size - begin, MADV_POPULATE_READ);
}

// Behind the end of the file the last page reads as zeros, without a signal.
void MappedFile::check() const {
  struct stat status {};
  if (::fstat(file_.descriptor(), &status) != 0)
    throw SystemError("fstat of " + file_.path(), errno, std::system_category().message(errno));
  if (static_cast<std::uint64_t>(status.st_size) < bytes_.size())
    throw BadData(file_.path(), 0, 0, static_cast<std::int64_t>(status.st_size),
                  "the file ends here, it was longer when the job opened it");
  if (places[place_].gone) throw SystemError("reading " + file_.path(), EIO, std::system_category().message(EIO));
}

}  // namespace pel::data
