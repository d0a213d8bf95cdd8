// Counts k-mers: runs of k letters A, C, G, T of sequences, each together with its reverse complement.
#include <pel/sequences.hpp>
#include <pel/verify.hpp>

#include "super_kmers.hpp"

namespace {

using Counts = pel::Dataset<pel::Entry<std::uint64_t, std::int64_t>>;
constexpr unsigned few_kmers = 13;  // of fewer letters there are so few that each partition counts them first

Counts counts_of(pel::Dataset<std::string> sequences, unsigned k) {
  if (k < few_kmers)
    return std::move(sequences)
        .flat_map<std::uint64_t>([k](auto letters, auto emit) { canonical_kmers(letters, k, emit); })
        .reduce_by_key(pel::itself, pel::how_many);
  return std::move(sequences)
      .flat_map<SuperKmer>([k](auto letters, auto emit) { super_kmers(letters, k, emit); })
      .group_by_key<pel::Entry<std::uint64_t, std::int64_t>>(
          [](auto const& run) { return run.key; },
          [k](auto, auto const& runs, auto emit) { count_kmers(runs, k, emit); });
}

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Counts k-mers of DNA, each with its reverse complement: a line \"KMER COUNT\" each.");
    auto const k = static_cast<unsigned>(job.option("k", std::uint32_t{31}, "letters of a k-mer, 1 to 32"));
    auto const sorted = job.flag("sorted", "in alphabetical order");
    auto const histogram = job.output_file("histogram", "how often k-mers come, and how many come so often");
    auto const verifier = pel::verify_counts(job);
    auto const input = job.inputs("input", "FASTA or FASTQ files, or reads:n=1M,length=100", "reads:n=100K");
    if (k < 1 || k > 32) throw pel::UsageError("--k", std::to_string(k) + ": a k-mer has 1 to 32 letters");
    auto counts = counts_of(pel::read_sequences(job, input, k - 1), k);
    if (sorted) counts = std::move(counts).sort_by([](auto const& entry) { return entry.key; });
    if (!histogram.empty())
      counts.reduce_by_key([](auto const& entry) { return entry.value; }, pel::how_many)
          .sort_by([](auto const& entry) { return entry.key; })
          .write({histogram});
    auto const n = std::move(counts).write_lines(job.text_output(), [k](auto const& entry, auto& out) {
      append_kmer(entry.key, k, out);
      out << ' ' << entry.value << '\n';
    });
    job.say(pel::text_of(n, " different k-mers"));
    verifier.check(pel::reference::kmer_counts(input, k));
  });
}
