#include "engine/agreement.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "engine/world.hpp"
#include "pel/error.hpp"
#include "support/mpi_test.hpp"

using pel::partition_id;
using pel::comm::Communicator;
using pel::engine::Agreement;
using pel::engine::encode_failure;
using pel::engine::Report;
using pel::engine::Site;
using pel::engine::Where;
using pel::test::rank;
using pel::test::ranks;

namespace {

Report failure_report(std::int64_t partition, std::string const& cause) {
  Report report;
  report.failed_partition = partition;
  Where const where{"Kernel", "superstep", 7, partition, rank(), ranks(), "host"};
  report.failure = encode_failure(std::make_exception_ptr(std::runtime_error(cause)), where);
  return report;
}

// What every rank is told when the ranks agree on their reports: "cause (partition p, rank r)", or that all is well.
std::string told(Agreement& agreement, Report const& report) {
  try {
    agreement.agree(report);
    return "all well";
  } catch (pel::KernelFailed const& failure) {
    return failure.cause + " (partition " + std::to_string(failure.partition) + ", rank " +
           std::to_string(failure.rank) + ")";
  } catch (pel::InternalError const&) {
    return "internal error";
  }
}

// Whether all ranks were told this.
bool all_told(std::string const& text, std::string const& expected) {
  bool same = true;
  for (auto const& other : Communicator::world().all_gather(text)) same = same && other == expected;
  return same;
}

}  // namespace

TEST_CASE("votes and messages add up, halos join") {
  Agreement agreement(Communicator::world());
  auto const n = static_cast<std::uint64_t>(ranks());
  Report report;
  report.going_on = static_cast<std::uint64_t>(rank()) + 1;
  report.messages = std::uint64_t{1} << 40U;
  report.halos = std::uint64_t{1} << static_cast<unsigned>(rank()) | std::uint64_t{1} << 63U;

  auto const& agreed = agreement.agree(report);

  CHECK(agreed.going_on == n * (n + 1) / 2);
  CHECK(agreed.messages == n << 40U);
  CHECK(agreed.halos == (((std::uint64_t{1} << n) - 1) | std::uint64_t{1} << 63U));
  CHECK(agreement.agree({}).halos == 0);
}

TEST_CASE("every rank learns what each other one sends to it") {
  Agreement agreement(Communicator::world());
  Report report;
  for (int to = 0; to < ranks(); ++to)
    report.wire_bytes.push_back(static_cast<std::uint64_t>(1000 * rank() + to) << 30U);

  auto const& agreed = agreement.agree(report);

  CHECK(agreed.incoming.size() == static_cast<std::size_t>(ranks()));
  for (int from = 0; from < ranks(); ++from)
    CHECK(agreed.incoming[static_cast<std::size_t>(from)] == static_cast<std::uint64_t>(1000 * from + rank()) << 30U);
}

TEST_CASE("contributions are in the order of partitions, whichever ranks bring them") {
  Agreement agreement(Communicator::world());
  for (std::size_t const most : {std::size_t{3}, std::size_t{5000}}) {  // one collective, and two
    std::vector<std::string> texts;
    for (std::size_t p = 0; p < 20; ++p) texts.push_back(std::string(p * most % 10'007, 'x') + std::to_string(p));
    Report report;  // partition p lies on rank (p * 7) mod ranks; every fourth brings nothing
    for (std::size_t p = 0; p < 20; ++p)
      if (p % 4 != 3 && p * 7 % static_cast<std::size_t>(ranks()) == static_cast<std::size_t>(rank()))
        report.contributions.push_back({partition_id(p), std::as_bytes(std::span(texts[p]))});

    std::vector<std::string> got;
    for (auto const bytes : agreement.agree(report).contributions)
      got.emplace_back(reinterpret_cast<char const*>(bytes.data()), bytes.size());

    std::vector<std::string> expected;
    for (std::size_t p = 0; p < 20; ++p)
      if (p % 4 != 3) expected.push_back(texts[p]);
    CHECK(got == expected);
  }
}

TEST_CASE("of several failures all ranks get that of the lowest partition") {
  Agreement agreement(Communicator::world());
  // The last rank has the lowest partition.
  auto const text = told(agreement, failure_report(10 - rank(), "cause of " + std::to_string(rank())));

  auto const last = std::to_string(ranks() - 1);
  auto const lowest = std::to_string(10 - (ranks() - 1));
  CHECK(all_told(text, "cause of " + last + " (partition " + lowest + ", rank " + last + ")"));
}

TEST_CASE("of failures of equal partitions all ranks get the lowest rank's") {
  Agreement agreement(Communicator::world());
  auto const text = told(agreement, failure_report(-1, "cause"));

  CHECK(all_told(text, "cause (partition -1, rank 0)"));
}

TEST_CASE("a failure of one rank reaches those that are well, however long its words are") {
  for (int failing = 0; failing < ranks(); ++failing) {
    Agreement agreement(Communicator::world());
    std::string const cause(3000, 'x');
    Report const well;
    auto const text = told(agreement, rank() == failing ? failure_report(5, cause) : well);

    CHECK(all_told(text, cause + " (partition 5, rank " + std::to_string(failing) + ")"));
    CHECK(agreement.failed());
  }
}

TEST_CASE("after a failure that all ranks caught they agree again, and the failure is past") {
  Agreement agreement(Communicator::world());
  CHECK(told(agreement, rank() == 0 ? failure_report(1, "cause") : Report()) == "cause (partition 1, rank 0)");
  CHECK(agreement.failed());

  Report report;
  report.going_on = 1;

  CHECK(agreement.agree(report).going_on == static_cast<std::uint64_t>(ranks()));
  CHECK_FALSE(agreement.failed());
}

TEST_CASE("ranks at different places of the program all learn so") {
  Agreement agreement(Communicator::world());
  Report report;
  report.site = rank() == ranks() - 1 ? Site::write : Site::save;

  auto const text = told(agreement, report);

  CHECK(all_told(text, ranks() > 1 ? "internal error" : "all well"));
  CHECK(agreement.failed() == (ranks() > 1));
}

TEST_CASE("a failure is told even where ranks are at different places") {
  Agreement agreement(Communicator::world());
  auto report = rank() == 0 ? failure_report(2, "cause") : Report();
  report.site = rank() == 0 ? Site::joined : Site::superstep;

  CHECK(all_told(told(agreement, report), "cause (partition 2, rank 0)"));
}

TEST_CASE("a report that is cleared keeps its place in the program only") {
  Report report = failure_report(3, "cause");
  report.site = Site::write;
  report.going_on = report.messages = report.halos = 7;
  report.wire_bytes = {1, 2};

  report.clear();

  CHECK(report.site == Site::write);
  CHECK(report.going_on + report.messages + report.halos == 0);
  CHECK(report.failed_partition == -1);
  CHECK(report.failure.empty());
  CHECK(report.wire_bytes.empty());
}
