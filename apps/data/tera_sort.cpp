// Sorts records of 100 bytes by their first 10; makes such records, and checks that they are in order.
#include <pel/verify.hpp>

#include "tera_records.hpp"

namespace {

void sort(pel::Job& job) {
  auto const verifier = pel::verify_records(job, sizeof(TeraRecord));
  auto const input = job.inputs("input", "files of records, or tera:n=4M,kind=skew", "tera:n=1M");
  auto const n = pel::read_records<TeraRecord>(job, input).sort_by(tera_key).write_records(job.output());
  job.say(pel::text_of(n, " records sorted"));
  verifier.check(pel::reference::sorted_records(input, sizeof(TeraRecord), sizeof(TeraRecord::key)));
}

// Its own code: a sorter must not check itself.
void validate(pel::Job& job) {
  auto const input = job.inputs("input", "files of records, or tera:n=4M,kind=skew");
  auto const found = pel::read_records<TeraRecord>(job, input).aggregate<TeraCheck>([](auto block, TeraCheck& check) {
    for (auto const& record : block) check.add(record);
  });
  job.say(
      pel::text_of(found.records, " records, ", found.out_of_order, " out of order, sum of CRC-32 ", found.crc_sum));
  job.note_check(found.out_of_order > 0 ? "the records are not in order" : "");
}

void gen(pel::Job& job, TeraKind kind, std::uint64_t n) {
  auto const seed = job.seed();
  pel::generate<TeraRecord>(job, n, [=](std::uint64_t i) {
    return tera_record(kind, seed, i);
  }).write_records(job.output());
}

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("gen makes records, sort sorts them, validate looks whether they are in order.");
    auto const kind = job.choice("kind", {"uniform", "skew", "equal"}, "gen: the keys");
    auto const n = job.option("records", std::uint64_t{1'000'000}, "gen: how many");
    auto const verb = job.argument("verb", "gen, sort or validate");
    if (verb == "gen")
      return gen(job, kind == "skew" ? TeraKind::skew : kind == "equal" ? TeraKind::equal : TeraKind::uniform, n);
    if (verb == "sort" || job.core().only_answers()) return sort(job);  // --help shows its options
    if (verb == "validate") return validate(job);
    throw pel::UsageError("verb", "\"" + verb + "\" is none of gen, sort and validate");
  });
}
