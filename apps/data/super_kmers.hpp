// Runs of letters whose k-mers are counted in one place: they travel as 2 bits a letter, where k-mers would need 8
// bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <pel/dataset.hpp>
#include <string>
#include <string_view>
#include <vector>

// A, C, G, T, of either case, are 0 to 3; every other sign is `no_base`.
inline constexpr std::uint8_t no_base = 4;
inline constexpr auto base_codes = [] {
  std::array<std::uint8_t, 256> made{};
  made.fill(no_base);
  for (std::size_t code = 0; code < 4; ++code)
    for (auto const letter : {"ACGT"[code], "acgt"[code]}) made[static_cast<unsigned char>(letter)] = code & 3U;
  return made;
}();

// The last `length` bases that were added, and their reverse complement, as numbers of 2 bits a base.
class Kmer {
 public:
  explicit Kmer(unsigned length) : mask_(~std::uint64_t{0} >> (64 - 2 * length)), top_(2 * length - 2) {}
  void add(std::uint64_t code) noexcept {
    forward_ = (forward_ << 2U | code) & mask_;
    backward_ = backward_ >> 2U | (3 - code) << top_;
  }
  [[nodiscard]] std::uint64_t canonical() const noexcept { return std::min(forward_, backward_); }

 private:
  std::uint64_t mask_, forward_ = 0, backward_ = 0;
  unsigned top_;
};

// Emits the canonical k-mers of letters, none that holds another sign.
void canonical_kmers(std::string_view letters, unsigned k, auto const& emit) {
  Kmer kmer(k);
  for (std::size_t length = 0; auto const letter : letters) {
    auto const code = base_codes[static_cast<unsigned char>(letter)];
    length = code == no_base ? 0 : length + 1;
    kmer.add(code & 3U);
    if (length >= k) emit(kmer.canonical());
  }
}

// The least hash of the canonical minimizers, of so many letters, of a window of k: a k-mer and its reverse complement
// have the same one, and neighbours mostly have it in common.
class Minimizer {
 public:
  static constexpr unsigned most_letters = 11;
  explicit Minimizer(unsigned k) : letters_(std::min(k, most_letters)), hashes_(k - letters_ + 1), mer_(letters_) {}

  void restart() noexcept { length_ = 0; }
  void add(std::uint64_t code) noexcept {
    mer_.add(code);
    if (++length_ < letters_) return;
    auto const at = length_ % hashes_.size();
    auto const hash = pel::base::mix64(mer_.canonical());
    bool const was_least = at == least_at_;  // it leaves the window
    hashes_[at] = hash;
    if (was_least || length_ == letters_ || hash <= hashes_[least_at_]) least_at_ = at;
    if (!was_least) return;
    auto const filled = std::min(hashes_.size(), length_ - letters_ + 1);
    for (std::size_t back = 1; back < filled; ++back)
      if (auto const other = (at + hashes_.size() - back) % hashes_.size(); hashes_[other] < hashes_[least_at_])
        least_at_ = other;
  }
  [[nodiscard]] std::uint64_t least() const noexcept { return hashes_[least_at_]; }
  [[nodiscard]] std::size_t length() const noexcept { return length_; }  // letters since restart()

 private:
  unsigned letters_;
  std::vector<std::uint64_t> hashes_;  // of the window, by number of their last letter
  Kmer mer_;
  std::size_t length_ = 0, least_at_ = 0;
};

// A run of bases, 4 in a byte; before them how many the last byte has.
[[nodiscard]] inline std::string_view packed_bases(std::string_view letters, std::string& to) {
  to.assign(1 + (letters.size() + 3) / 4, '\0');
  to[0] = static_cast<char>((letters.size() - 1) % 4 + 1);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    auto const code = static_cast<unsigned>(base_codes[static_cast<unsigned char>(letters[i])]);
    auto& byte = to[1 + i / 4];
    byte = static_cast<char>(static_cast<unsigned char>(byte) | code << (2 * (i % 4)));
  }
  return to;
}

// The bucket that counts some k-mers, and a run of letters that has no others.
using SuperKmer = pel::Entry<std::uint32_t, std::string>;
inline constexpr unsigned bucket_bits = 12;

// Emits the k-mers of letters as runs: neighbours of one bucket stay together.
void super_kmers(std::string_view letters, unsigned k, auto const& emit) {
  Minimizer minimizer(k);
  std::string packed;
  std::uint32_t bucket = 0;
  std::size_t begin = 0, end = 0;  // of the run so far
  auto const flush = [&] {
    if (end > begin)
      emit(pel::Entry<std::uint32_t, std::string_view>{bucket,
                                                       packed_bases(letters.substr(begin, end - begin), packed)});
    end = begin = 0;
  };
  for (std::size_t i = 0; i < letters.size(); ++i) {
    auto const code = base_codes[static_cast<unsigned char>(letters[i])];
    if (code == no_base) {
      minimizer.restart();
      flush();
      continue;
    }
    minimizer.add(code);
    if (minimizer.length() < k) continue;
    // Hashed once more: the least of many is small.
    auto const now = static_cast<std::uint32_t>(pel::base::mix64(minimizer.least()) >> (64 - bucket_bits));
    if (end == begin || now != bucket) {
      flush();
      bucket = now;
      begin = i + 1 - k;
    }
    end = i + 1;
  }
  flush();
}

// Ascending. They are numbers of `bits` bits; `scratch` is overwritten.
// Cost: one counting pass a digit of 8 bits: a bucket stays in a core's cache.
inline void sort_kmers(std::vector<std::uint64_t>& kmers, std::vector<std::uint64_t>& scratch, unsigned bits) {
  constexpr unsigned digit_bits = 8;
  constexpr std::size_t few = 256;
  if (kmers.size() < few) return std::sort(kmers.begin(), kmers.end());
  scratch.resize(kmers.size());
  for (unsigned shift = 0; shift < bits; shift += digit_bits) {
    std::array<std::size_t, (1U << digit_bits) + 1> start{};
    auto const digit = [shift](std::uint64_t kmer) { return kmer >> shift & ((1U << digit_bits) - 1); };
    for (auto const kmer : kmers) ++start[digit(kmer) + 1];
    for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
    for (auto const kmer : kmers) scratch[start[digit(kmer)]++] = kmer;
    kmers.swap(scratch);
  }
}

// Emits the canonical k-mers of a bucket's runs, ascending, each with how often it comes.
void count_kmers(auto const& runs, unsigned k, auto const& emit) {
  std::vector<std::uint64_t> kmers, scratch;
  for (auto const& run : runs) {
    std::string_view const packed = run.value;
    auto const n = (packed.size() - 2) * 4 + static_cast<unsigned char>(packed[0]);
    Kmer kmer(k);
    for (std::size_t i = 0; i < n; ++i) {
      kmer.add(static_cast<unsigned char>(packed[1 + i / 4]) >> (2 * (i % 4)) & 3U);
      if (i + 1 >= k) kmers.push_back(kmer.canonical());
    }
  }
  sort_kmers(kmers, scratch, 2 * k);
  for (std::size_t at = 0, next = 0; at < kmers.size(); at = next) {
    while (next < kmers.size() && kmers[next] == kmers[at]) ++next;
    emit(pel::Entry<std::uint64_t, std::int64_t>{kmers[at], static_cast<std::int64_t>(next - at)});
  }
}

// Appends the letters of a k-mer.
inline void append_kmer(std::uint64_t kmer, unsigned k, pel::TextOut& out) {
  std::array<char, 32> letters;
  for (auto i = k; i-- > 0; kmer >>= 2U) letters[i] = "ACGT"[kmer & 3U];
  out << std::string_view(letters.data(), k);
}
