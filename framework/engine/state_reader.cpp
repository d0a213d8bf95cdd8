#include "engine/state_reader.hpp"

#include <exception>
#include <map>
#include <string>

#include "engine/state_snapshot.hpp"

namespace pel::engine {

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

void StateReader::read(std::vector<PartitionId> const& partitions, bool only_aggregate, Workers& workers,
                       store::Snapshot& into) {
  std::vector<store::FieldPlan> plans;
  std::vector<std::vector<Piece>> pieces;  // by field and slice of the plan
  std::map<std::string, std::size_t> at;
  for (auto const partition : partitions) {
    auto const& part = part_of(partition);
    for (auto const& row : part.index().slices) {
      auto const& info = part.index().fields[row.field];
      if (row.partition != index(partition) || (only_aggregate && !info.name.starts_with(aggregate_prefix))) continue;
      auto const [known, is_new] = at.emplace(info.name, plans.size());
      if (is_new) {
        plans.push_back({info, {}});
        pieces.emplace_back();
      }
      if (plans[known->second].info != info)
        throw store::Damaged(directory_, info.name + " has another type in another part");
      plans[known->second].slices.push_back({partition, row.rows});
      pieces[known->second].push_back({&part, &row});
    }
  }
  into.shape(partitions, std::move(plans));

  struct Task {
    Piece piece;
    std::span<std::byte> to;
  };
  std::vector<Task> tasks;
  for (std::size_t f = 0; f < pieces.size(); ++f)
    for (std::size_t s = 0; s < pieces[f].size(); ++s) tasks.push_back({pieces[f][s], into.slice(f, s)});
  std::vector<std::exception_ptr> failures(tasks.size());
  workers.for_each(tasks.size(), [&](std::size_t i, int) {
    try {
      tasks[i].piece.part->read(*tasks[i].piece.row, tasks[i].to);
    } catch (...) {
      failures[i] = std::current_exception();
    }
  });
  for (auto const& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace pel::engine
