// More than 2^31 bytes of elements through one exchange, from one rank to one partition of the other.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <string>

#include "base/hash.hpp"
#include "comm/communicator.hpp"
#include "pel/dataset.hpp"
#include "run_datasets.hpp"

using namespace pel::test;
using pel::Job;

namespace {

using Record = std::array<std::uint64_t, 128>;

constexpr std::uint64_t records = (std::uint64_t{1} << 21U) + 5;  // 2 GiB and 5 KiB
constexpr std::uint64_t wanted = std::uint64_t{12} << 30U;        // three copies, and room for neighbours

Record record_of(std::uint64_t number) {
  Record record;
  for (std::size_t i = 0; i < record.size(); ++i) record[i] = pel::base::mix64(number) + i;
  return record;
}

// Rank 0's view: all must skip or none.
std::uint64_t agreed_available() {
  std::uint64_t available = 0;
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("MemAvailable:", 0) == 0) available = std::stoull(line.substr(13)) * 1024;
  return std::stoull(pel::comm::Communicator::world().broadcast(std::to_string(available), 0));
}

// Of the records of one partition, of which the first is number 0.
struct Arrived {
  std::uint64_t count = 0, wrong = 0;
  Arrived& operator+=(Arrived const& other) {
    count += other.count;
    wrong += other.wrong;
    return *this;
  }
};

// The number at which a text of the summary follows a name.
std::uint64_t figure(std::string const& summary, std::string const& name) {
  auto const at = summary.find("\"" + name + "\": ");
  return at == std::string::npos ? ~std::uint64_t{0} : std::stoull(summary.substr(at + name.size() + 4));
}

}  // namespace

TEST_CASE("more than 2 GiB of records come from one rank to one partition of another, whole and in order") {
  auto const available = agreed_available();
  if (available < wanted)
    return skip("wants " + std::to_string(wanted >> 30U) + " GiB of memory available, there are " +
                std::to_string(available >> 30U));
  std::uint64_t of_last = 0;  // a key of the partition of rank 1
  while (pel::base::scale_down(pel::data::key_hash<std::uint64_t>(of_last), 2) != 1) ++of_last;
  Arrived arrived;

  // What is made in partition 0 alone. A budget that is far from reached: nothing is sent in parts.
  auto const done = run_datasets({"--partitions", "2", "--threads", "1", "--memory", "64G"}, [&](Job& job) {
    arrived = pel::generate<std::uint64_t>(job, 2 * records, pel::itself)
                  .filter([](std::uint64_t number) { return number < records; })
                  .map(record_of)
                  .repartition_by([of_last](Record const&) { return of_last; })
                  .aggregate<Arrived>([](auto const& block, Arrived& so_far) {
                    for (auto const& record : block) so_far.wrong += record == record_of(so_far.count++) ? 0 : 1;
                  });
  });

  CHECK(arrived.count == records);
  CHECK(arrived.wrong == 0);
  CHECK(figure(done.summary, "spilled_bytes") == 0);
  // Rank 0 has had all records at once, as they were read and as they were sent: it has not sent them in parts.
  CHECK(figure(done.summary, "peak_rss_bytes") > 2 * records * sizeof(Record));
}
