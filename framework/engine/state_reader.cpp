#include "engine/state_reader.hpp"

#include <cerrno>
#include <exception>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "engine/state_snapshot.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

// Of all items on all threads; throws what the first of them threw that did.
template <class Work>
void for_each(std::size_t n, Workers& workers, Work const& work) {
  std::vector<std::exception_ptr> failures(n);
  workers.for_each(n, [&](std::size_t i, int) {
    try {
      work(i);
    } catch (...) {
      failures[i] = std::current_exception();
    }
  });
  for (auto const& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

StateReader::StateReader(store::CheckpointDirectory const& directory, store::Epoch const& epoch)
    : directory_(epoch.directory),
      manifest_(directory.parse_manifest(epoch)),
      part_number_(manifest_.partitions),
      readers_(manifest_.parts.size()) {
  for (std::size_t part = 0; part < manifest_.parts.size(); ++part)
    for (auto const partition : manifest_.parts[part].partitions) part_number_[index(partition)] = part;
}

store::PartReader const& StateReader::part_of(PartitionId partition) {
  auto const number = part_number_.at(index(partition));
  auto& reader = readers_[number];
  if (!reader) reader = std::make_unique<store::PartReader>(directory_, manifest_.parts[number]);
  return *reader;
}

void StateReader::read(std::vector<PartitionId> const& partitions, Workers& workers, store::Snapshot& into) {
  read(partitions, false, workers, into);
}
void StateReader::read_aggregate(Workers& workers, store::Snapshot& into) {
  read({PartitionId{0}}, true, workers, into);
}

StateReader::Plan StateReader::plan(std::vector<PartitionId> const& partitions, bool only_aggregate) {
  Plan plan;
  std::map<std::string, std::size_t> at;
  for (auto const partition : partitions) {
    auto const& part = part_of(partition);
    for (auto const& row : part.index().slices) {
      auto const& info = part.index().fields[row.field];
      if (row.partition != index(partition) || (only_aggregate && !info.name.starts_with(aggregate_prefix))) continue;
      auto const [known, is_new] = at.emplace(info.name, plan.fields.size());
      if (is_new) {
        plan.fields.push_back({info, {}});
        plan.pieces.emplace_back();
      }
      auto& field = plan.fields[known->second];
      if (field.info != info) throw store::Damaged(directory_, info.name + " has another type in another part");
      field.slices.push_back({partition, row.rows});
      plan.pieces[known->second].push_back({&part, &row});
    }
  }
  return plan;
}

std::uint64_t StateReader::bytes(std::vector<PartitionId> const& partitions) {
  auto const fields = plan(partitions, false).fields;
  return std::accumulate(fields.begin(), fields.end(), std::uint64_t{0},
                         [](std::uint64_t sum, auto const& field) { return sum + field.bytes(); });
}

void StateReader::read(std::vector<PartitionId> const& partitions, bool only_aggregate, Workers& workers,
                       store::Snapshot& into) {
  auto plan = this->plan(partitions, only_aggregate);
  into.shape(partitions, std::move(plan.fields));
  struct Task {
    Piece piece;
    std::span<std::byte> to;
  };
  std::vector<Task> tasks;
  for (std::size_t f = 0; f < plan.pieces.size(); ++f)
    for (std::size_t s = 0; s < plan.pieces[f].size(); ++s) tasks.push_back({plan.pieces[f][s], into.slice(f, s)});
  for_each(tasks.size(), workers, [&](std::size_t i) { tasks[i].piece.part->read(*tasks[i].piece.row, tasks[i].to); });
}

void StateReader::check(std::vector<PartitionId> const& partitions, Workers& workers) {
  std::vector<Piece> pieces;
  for (auto const& field : plan(partitions, false).pieces) pieces.insert(pieces.end(), field.begin(), field.end());
  for_each(pieces.size(), workers, [&](std::size_t i) { pieces[i].part->check(*pieces[i].row); });
}

std::vector<store::FieldView> StateReader::fields_of(PartitionId partition) const {
  auto const& part = *readers_[part_number_.at(index(partition))];
  std::vector<store::FieldView> fields;
  for (auto const& row : part.index().slices) {
    if (row.partition != index(partition)) continue;
    auto const fetch = [&part, &row](std::span<std::byte> to) {
      try {
        part.read(row, to);
      } catch (store::Damaged const& damaged) {
        throw SystemError("restart", EIO, std::string(damaged.what()) + ", and was whole a moment ago");
      }
    };
    fields.push_back({part.index().fields[row.field], row.rows, {}, fetch});
  }
  return fields;
}

}  // namespace pel::engine
