// Writes epochs as jobs would, for the scripts beside this file.
//
//   sample_epochs DIRECTORY     the epochs 1, 2 and 3 of three ranks, of the app "sample" with 5 partitions: all fields
//                               of sample_checkpoint.hpp, state/large with slices of several blocks, of which the
//                               older ones are linked, and aggregate/value, which partition 0 alone has
#include <cstdint>
#include <exception>
#include <iostream>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "sample_checkpoint.hpp"
#include "store/checkpoint.hpp"
#include "store/hdf5_library.hpp"

namespace {

using pel::test::Field;

constexpr int ranks = 3;
constexpr int supersteps = 3;

// 0 to 9.6 MB; that of a partition changes after the superstep of its number.
Field large_field(std::vector<pel::PartitionId> const& partitions, int superstep) {
  Field field{{"state/large", pel::base::ElementType::u32, {2}, false}, {}};
  for (auto const id : partitions) {
    auto const p = static_cast<std::uint32_t>(index(id));
    std::vector<std::uint32_t> values(std::size_t{600'000} * p);
    std::iota(values.begin(), values.end(), p);
    if (!values.empty() && superstep >= static_cast<int>(p)) values.front() = 1'000'000;
    field.slices.push_back({id, values.size() / 2, pel::test::bytes_of(values)});
  }
  return field;
}

std::vector<Field> fields_of(std::vector<pel::PartitionId> const& partitions, int superstep) {
  auto fields = pel::test::sample_fields(partitions, superstep);
  fields.push_back(large_field(partitions, superstep));
  if (partitions.front() == pel::partition_id(0)) {
    std::vector<std::int64_t> const value{superstep};
    fields.push_back({{"aggregate/value", pel::base::ElementType::i64, {}, false},
                      {{pel::partition_id(0), 1, pel::test::bytes_of(value)}}});
  }
  return fields;
}

void write(pel::store::CheckpointDirectory const& directory) {
  std::vector<std::optional<pel::store::WrittenPart>> before(ranks);
  for (int superstep = 1; superstep <= supersteps; ++superstep) {
    auto manifest = pel::test::sample_manifest(superstep);
    auto const temporary = directory.begin(superstep);
    for (int rank = 0; rank < ranks; ++rank) {
      auto& last = before[static_cast<std::size_t>(rank)];
      std::optional<pel::store::EarlierPart> earlier;
      if (last) earlier = {directory.committed(superstep - 1), superstep - 1, &*last};
      auto const mine = pel::test::partitions_of(rank, ranks);
      auto part = pel::test::write_part(temporary, manifest, rank, ranks, mine, fields_of(mine, superstep), earlier);
      manifest.parts.push_back(part.summary);
      last = std::move(part);
    }
    pel::test::commit(directory, manifest);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::cerr << "usage: sample_epochs DIRECTORY\n";
    return 64;
  }
  pel::store::open_hdf5_library();
  write(pel::store::CheckpointDirectory(argv[1], 1));
  return 0;
} catch (std::exception const& error) {
  std::cerr << "error: " << error.what() << '\n';
  return 70;
}
