// Counts k-mers: runs of k letters A, C, G, T of sequences, each together with its reverse complement.
#include <pel/sequences.hpp>

namespace {

constexpr std::uint8_t other = 4;
constexpr auto codes = [] {
  std::array<std::uint8_t, 256> made{};
  made.fill(other);
  for (std::size_t code = 0; code < 4; ++code)
    for (auto const letter : {"ACGT"[code], "acgt"[code]}) made[static_cast<unsigned char>(letter)] = code & 3U;
  return made;
}();

// Emits the k-mers of the letters, 2 bits a letter in the order A, C, G, T: the lesser of each and of its complement.
void canonical_kmers(std::string_view letters, unsigned k, auto const& emit) {
  auto const mask = ~std::uint64_t{0} >> (64 - 2 * k);
  std::uint64_t forward = 0, backward = 0;
  for (unsigned length = 0; auto const letter : letters) {
    std::uint64_t const code = codes[static_cast<unsigned char>(letter)];
    length = code == other ? 0 : length + 1;
    forward = (forward << 2U | (code & 3U)) & mask;
    backward = backward >> 2U | (3 - (code & 3U)) << (2 * k - 2);
    if (length >= k) emit(std::min(forward, backward));
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Counts k-mers of DNA, each with its reverse complement: a line \"KMER COUNT\" each.");
    auto const k = static_cast<unsigned>(job.option("k", std::uint32_t{31}, "letters of a k-mer, 1 to 32"));
    auto const sorted = job.flag("sorted", "in alphabetical order");
    auto const histogram =
        job.output_file("histogram", "how often k-mers come, and how many come so often, a line each");
    auto const input = job.inputs("input", "FASTA or FASTQ files");
    if (k < 1 || k > 32) throw pel::UsageError("--k", std::to_string(k) + ": a k-mer has 1 to 32 letters");
    auto counts = pel::read_sequences(job, input, k - 1)
                      .flat_map<std::uint64_t>([k](auto letters, auto emit) { canonical_kmers(letters, k, emit); })
                      .reduce_by_key(pel::itself, pel::how_many);
    if (sorted) counts = std::move(counts).sort_by([](auto const& entry) { return entry.key; });
    if (!histogram.empty())
      counts.reduce_by_key([](auto const& entry) { return entry.value; }, pel::how_many)
          .sort_by([](auto const& entry) { return entry.key; })
          .write({histogram});
    auto const n = std::move(counts).write_lines(job.text_output(), [k](auto const& entry, auto& out) {
      for (auto i = k; i-- > 0;) out << "ACGT"[entry.key >> (2 * i) & 3U];
      out << ' ' << entry.value << '\n';
    });
    job.say(pel::text_of(n, " different k-mers"));
  });
}
