// What a directory of checkpoints gives to a reader, for the scripts beside this file.
//
//   epoch_probe read               for each directory named on stdin a line for each epoch, newest first, "SUPERSTEP
//                                  DIGEST" or "SUPERSTEP damaged: WHY", then an empty line
//   epoch_probe flip EPOCH N SEED  flips a bit of the epoch's files, reads, and flips it back, N times; prints how many
//                                  of each file, and how many were found and how many did no harm; exit code 1 if one
//                                  gave other values
//
// The digest is of all that a job gets from the epoch: whose it is, and every byte of every slice.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "pel/random.hpp"
#include "store/checkpoint.hpp"
#include "store/part_file.hpp"

namespace fs = std::filesystem;
using pel::store::CheckpointDirectory;
using pel::store::Damaged;
using pel::store::Epoch;

namespace {

// Which ranks have written what does not matter: by field and partition.
std::string digest_of(CheckpointDirectory const& directory, Epoch const& epoch) {
  auto const manifest = directory.read_manifest(epoch);
  std::map<std::pair<std::string, std::uint64_t>, std::vector<std::byte>> slices;
  for (auto const& summary : manifest.parts) {
    pel::store::PartReader const part(epoch.directory, summary);
    for (auto const& row : part.index().slices) {
      std::vector<std::byte> bytes(part.index().bytes_of(row));
      part.read(row, bytes);
      slices.insert_or_assign({to_text(part.index().fields[row.field]), row.partition}, std::move(bytes));
    }
  }
  pel::base::DigestStream digest;
  for (auto const& [field, value] : manifest.identity) digest.add_text(field + "=" + value);
  digest.add_text(manifest.app + " " + std::to_string(manifest.superstep) + " " + std::to_string(manifest.partitions));
  for (auto const& [place, bytes] : slices) {
    digest.add_text(place.first)
        .add_text(std::to_string(place.second))
        .add_text(std::to_string(bytes.size()))
        .add(bytes);
  }
  return pel::base::to_hex(digest.finish());
}

int read_directories() {
  for (std::string path; std::getline(std::cin, path);) {
    CheckpointDirectory const directory(path);
    for (auto const& epoch : directory.epochs()) {
      std::cout << epoch.superstep << ' ';
      try {
        directory.verify(epoch);
        std::cout << digest_of(directory, epoch) << '\n';
      } catch (Damaged const& damaged) {
        std::cout << "damaged: " << damaged.what() << '\n';
      }
    }
    std::cout << std::endl;  // whoever asked waits for it
  }
  return 0;
}

// The files of an epoch, and a bit in them: of all bytes alike, or first of all files alike, so that small ones beside
// large ones get their share.
struct Bit {
  fs::path file;
  std::uint64_t byte = 0;
  unsigned char mask = 0;
};
class Bits {
 public:
  explicit Bits(fs::path const& epoch) {
    for (auto const& entry : fs::recursive_directory_iterator(epoch))
      if (entry.is_regular_file()) files_[entry.path()] = entry.file_size();
    for (auto const& [file, bytes] : files_) all_ += bytes;
  }
  [[nodiscard]] Bit draw_by_file(pel::Random& random) const {
    auto const& [file, bytes] = *std::next(files_.begin(), static_cast<std::ptrdiff_t>(random.below(files_.size())));
    return {file, bytes == 0 ? 0 : random.below(bytes), static_cast<unsigned char>(1U << random.below(8))};
  }
  [[nodiscard]] std::map<fs::path, std::uint64_t> const& files() const noexcept { return files_; }
  [[nodiscard]] Bit draw(pel::Random& random) const {
    auto at = random() % all_;
    for (auto const& [file, bytes] : files_) {
      if (at < bytes) return {file, at, static_cast<unsigned char>(1U << random.below(8))};
      at -= bytes;
    }
    throw std::logic_error("beyond the last file");
  }

 private:
  std::map<fs::path, std::uint64_t> files_;
  std::uint64_t all_ = 0;
};

void flip(Bit const& bit) {
  int const fd = open(bit.file.c_str(), O_RDWR | O_CLOEXEC);
  unsigned char byte = 0;
  auto const at = static_cast<off_t>(bit.byte);
  bool ok = fd >= 0 && pread(fd, &byte, 1, at) == 1;
  byte ^= bit.mask;
  ok = ok && pwrite(fd, &byte, 1, at) == 1;
  if (fd >= 0) close(fd);
  if (!ok) throw std::runtime_error("cannot flip a bit of " + bit.file.string());
}

bool passes(CheckpointDirectory const& directory, Epoch const& epoch) try {
  directory.verify(epoch);
  return true;
} catch (Damaged const&) {
  return false;
}

struct Tally {
  std::uint64_t found = 0, harmless = 0, wrong = 0;
};

// Reads the epoch with this bit flipped. What a reader finds, verify() must find, too.
void try_bit(CheckpointDirectory const& directory, Epoch const& epoch, std::string const& right, Bit const& bit,
             Tally& tally) {
  flip(bit);
  bool const verified = passes(directory, epoch);
  char const* wrong = nullptr;
  try {
    if (digest_of(directory, epoch) != right)
      wrong = "gave other values";
    else
      ++(verified ? tally.harmless : tally.found);
  } catch (Damaged const&) {
    if (verified) wrong = "was found by reading, and not by verify()";
    ++tally.found;
  }
  flip(bit);
  if (wrong == nullptr) return;
  ++tally.wrong;
  std::cout << bit.file.filename().string() << ", byte " << bit.byte << ", mask " << +bit.mask << ": " << wrong << '\n';
}

int flip_bits(fs::path const& path, std::uint64_t n, std::uint64_t seed) {
  CheckpointDirectory const directory(path.parent_path());
  Epoch const epoch{std::stoll(path.filename().string().substr(std::string("epoch-").size())), path};
  auto const right = digest_of(directory, epoch);
  directory.verify(epoch);
  Bits const bits(path);
  pel::Random random(seed, 0, 0);
  Tally tally;
  std::map<fs::path, std::uint64_t> flips;
  for (std::uint64_t i = 0; i < n; ++i) {
    auto const bit = i % 2 == 0 ? bits.draw(random) : bits.draw_by_file(random);
    ++flips[bit.file];
    try_bit(directory, epoch, right, bit, tally);
  }
  for (auto const& [file, bytes] : bits.files())
    std::cout << file.filename().string() << ": " << flips[file] << " of " << bytes << " bytes\n";
  std::cout << n << " flips: " << tally.found << " found, " << tally.harmless << " harmless, " << tally.wrong
            << " wrong\n";
  return tally.wrong > 0 || digest_of(directory, epoch) != right ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::string> const words(argv + 1, argv + argc);
  if (words.size() == 1 && words[0] == "read") return read_directories();
  if (words.size() == 4 && words[0] == "flip") return flip_bits(words[1], std::stoull(words[2]), std::stoull(words[3]));
  std::cerr << "usage: epoch_probe read | flip EPOCH N SEED\n";
  return 64;
} catch (std::exception const& error) {
  std::cerr << "error: " << error.what() << '\n';
  return 70;
}
