// Trades of CSV files, read and written again: what tests of CSV run from the command line.
#include <array>
#include <cstdint>
#include <pel/csv.hpp>

namespace {

struct Trade {
  std::int64_t id = 0;
  double price = 0;
  std::array<char, 8> place{};
};

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    pel::CsvRules const rules{.multiline = job.flag("csv-multiline", "texts may hold line ends")};
    auto const input = job.inputs("input", "files with the columns id, price and place");
    auto const id = pel::column("id", &Trade::id);
    auto const price = pel::column("price", &Trade::price);
    auto const place = pel::column("place", &Trade::place);
    auto const n =
        pel::write_csv(pel::read_csv<Trade>(job, input, rules, id, price, place), job.output(), place, price, id);
    job.say(pel::text_of(n, " trades"));
  });
}
