#include "data/open_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/machine.hpp"
#include "data/debian.hpp"
#include "data/missing_inputs.hpp"
#include "data/program_output.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

constexpr std::size_t fewest_packages = 1000;
constexpr char const* fallback_text = "text:bytes=50M,seed=1";

bool knows_enough(std::string_view lists) {
  std::size_t n = 0;
  for (auto at = lists.find("Package: "); at != std::string_view::npos && n < fewest_packages;
       at = lists.find("\nPackage: ", at + 1))
    ++n;
  return n >= fewest_packages;
}

// Partitions cut the input by its size, so all ranks must see the same: a file may grow while they open it.
// Collective: all ranks. Throws: BadData naming the first file that is another on some rank.
void agree_on_sizes(engine::World& world, TextInput const& input) {
  auto const& mine = input.sources();
  std::string sizes;
  for (auto const& source : mine) sizes += std::to_string(source.size) + "\n";
  std::istringstream first(world.communicator().broadcast(sizes, 0));
  world.together(engine::Site::load, "sizes", [&] {
    std::uint64_t size = 0;
    std::size_t i = 0;
    for (; first >> size; ++i) {
      if (i < mine.size() && mine[i].size != size)
        throw BadData(mine[i].name, 0, 0, -1,
                      "has " + std::to_string(mine[i].size) + " bytes here and " + std::to_string(size) +
                          " on rank 0; it grows, or hosts see different files");
    }
    if (i != mine.size())
      throw BadData(mine.empty() ? "the input" : mine.back().name, 0, 0, -1,
                    "the last of " + std::to_string(mine.size()) + " files here; rank 0 sees " + std::to_string(i));
  });
}

// The digest of the input, for which every thread of every rank reads its part of the pieces. Collective: all ranks.
std::string digest_together(engine::World& world, TextInput const& input) {
  auto const pieces = input.pieces();
  auto const rank = static_cast<std::size_t>(world.rank()), ranks = static_cast<std::size_t>(world.ranks());
  auto const mine = pieces.size() / ranks + (rank < pieces.size() % ranks ? 1 : 0);
  constexpr auto size = sizeof(base::Digest);
  std::string found(mine * size, '\0');
  world.together(engine::Site::load, "digest", [&] {
    std::vector<std::exception_ptr> failures(mine);
    world.workers().for_each(mine, [&](std::size_t i, int) {
      try {
        auto const digest = input.digest_of(pieces[rank + i * ranks]);
        std::memcpy(&found[i * size], digest.data(), size);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
    for (auto const& failure : failures)
      if (failure) std::rethrow_exception(failure);
  });
  auto const all = world.communicator().all_gather(found);
  std::vector<base::Digest> digests(pieces.size());
  for (std::size_t i = 0; i < digests.size(); ++i)
    std::memcpy(digests[i].data(), &all[i % ranks][i / ranks * size], size);
  return input.digest(digests);
}

}  // namespace

std::string shared_package_lists(engine::JobCore& job) {
  std::string lists;
  std::exception_ptr failure;
  // The launcher's word on who is rank 0 comes before MPI; a process that has MPI should not fork.
  if (!job.only_answers() && base::launched_rank().value_or(0) == 0) {
    try {
      lists = package_lists();
    } catch (NoSuchProgram const&) {  // then the machine knows no package
    } catch (...) {
      failure = std::current_exception();
    }
  }
  auto& world = job.world();
  world.together(engine::Site::load, "load", [&] {
    if (failure && world.rank() == 0) std::rethrow_exception(failure);
  });
  if (!knows_enough(lists)) lists.clear();
  return world.communicator().broadcast(std::move(lists), 0);
}

TextInput open_text(engine::JobCore& job, std::vector<std::string> const& names, Sniffed sniffed) {
  std::shared_ptr<std::string const> debian;
  auto real = names;
  if (std::find(names.begin(), names.end(), "debian:") != names.end()) {
    auto const lists = shared_package_lists(job);
    if (lists.empty()) {
      job.world().log().warn(std::string("this machine knows fewer than 1,000 packages: debian: is replaced by ") +
                             fallback_text);
      std::replace(real.begin(), real.end(), std::string("debian:"), std::string(fallback_text));
    } else {
      debian = std::make_shared<std::string const>(package_descriptions(lists));
    }
  }
  auto& world = job.world();
  auto const max_line = static_cast<std::size_t>(job.max_line());
  TextInput input;
  world.together(engine::Site::load, "load", [&] {
    std::vector<TextSource> sources;
    MissingInputs missing;
    for (auto const& name : real) {
      if (name == "debian:") {
        sources.push_back({name, debian->size(), debian});
        continue;
      }
      missing.found([&] {
        auto const opened = TextInput::open({name}, sniffed);
        sources.insert(sources.end(), opened.sources().begin(), opened.sources().end());
      });
    }
    missing.refuse();
    input = TextInput(std::move(sources)).with_max_line(max_line);
  });
  agree_on_sizes(world, input);
  if (job.wants_input_digest()) job.add_input_digest(digest_together(world, input));
  return input;
}

}  // namespace pel::data
