#include "data/resident_records.hpp"

#include <utility>

#include "data/byte_range.hpp"
#include "data/file.hpp"

namespace pel::data {

ResidentRecords::ResidentRecords(TextInput input, std::size_t record_bytes)
    : input_(std::move(input)), record_bytes_(record_bytes) {}

std::shared_ptr<ResidentRecords const> ResidentRecords::of(TextInput const& input, std::size_t record_bytes) {
  std::shared_ptr<ResidentRecords> records(new ResidentRecords(input, record_bytes));
  for (auto const& source : input.sources()) {
    auto& file = records->files_.emplace_back();
    if (source.held || source.size == 0) continue;
    if (source.made) return nullptr;
    File opened(source.name);
    if (opened.size() < source.size) return nullptr;  // who reads it says so
    file = MappedFile::of(std::move(opened));
    if (!file) return nullptr;
  }
  return records;
}

void ResidentRecords::read(Partition part, base::FunctionRef<void(std::span<std::byte const>)> sink) const {
  auto const mine = share_of(input_.size() / record_bytes_, part.index(), part.count);
  input_.for_each_source({mine.begin * record_bytes_, mine.end * record_bytes_},
                         [&](std::size_t source, std::uint64_t offset, std::uint64_t size) {
                           auto const& held = input_.sources()[source].held;
                           if (!held) files_[source]->fetch(offset, size);
                           auto const all = held ? std::as_bytes(std::span(*held)) : files_[source]->bytes();
                           sink(all.subspan(offset, size));
                         });
  check();
}

void ResidentRecords::check() const {
  for (auto const& file : files_)
    if (file) file->check();
}

}  // namespace pel::data
