#include "data/record_reader.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "data/source_bytes.hpp"
#include "pel/error.hpp"

namespace pel::data {

RecordReader::RecordReader(TextInput input, std::size_t record_bytes)
    : input_(std::move(input)), record_bytes_(record_bytes) {
  for (auto const& source : input_.sources()) {
    if (source.made && source.made->row_bytes() != record_bytes)
      throw UsageError(source.name, "makes rows of " + std::to_string(source.made->row_bytes()) +
                                        " bytes; what is read here are records of " + std::to_string(record_bytes));
    if (auto const rest = source.size % record_bytes; rest != 0)
      throw BadData(source.name, 0, 0, static_cast<std::int64_t>(source.size - rest),
                    std::to_string(source.size) + " bytes are no whole number of records of " +
                        std::to_string(record_bytes) + ": " + std::to_string(rest) + " are left over");
  }
}

std::shared_ptr<ResidentRecords const> RecordReader::resident() const {
  return ResidentRecords::of(input_, record_bytes_);
}

std::size_t RecordReader::block_bytes() const noexcept {
  return std::max<std::size_t>(read_bytes / record_bytes_, 1) * record_bytes_;
}

void RecordReader::read(Partition part, base::FunctionRef<void(std::span<std::byte const>)> sink) const {
  auto const mine = share(part);
  auto const block = block_bytes();
  std::unique_ptr<std::byte[]> buffer;  // NOLINT(modernize-avoid-c-arrays): not initialised
  input_.for_each_source({mine.begin * record_bytes_, mine.end * record_bytes_},
                         [&](std::size_t number, std::uint64_t offset, std::uint64_t bytes) {
                           auto const& source = input_.sources()[number];
                           if (!buffer) buffer.reset(new std::byte[block]);
                           auto const reader = source.held ? std::nullopt : std::make_optional<SourceBytes>(source);
                           for (std::uint64_t at = 0; at < bytes; at += block) {
                             auto const n = static_cast<std::size_t>(std::min<std::uint64_t>(block, bytes - at));
                             if (reader)
                               reader->read_at(offset + at, {reinterpret_cast<char*>(buffer.get()), n});
                             else
                               std::memcpy(buffer.get(), source.held->data() + offset + at, n);
                             sink({buffer.get(), n});
                           }
                         });
}

void RecordReader::refuse(std::uint64_t record, std::size_t byte, std::string const& problem) const {
  auto const at = record * record_bytes_ + byte;
  input_.for_each_source({at, at + 1}, [&](std::size_t source, std::uint64_t offset, std::uint64_t) {
    throw BadData(input_.sources()[source].name, 0, 0, static_cast<std::int64_t>(offset), problem);
  });
  throw std::logic_error("a record behind the last one");
}

void RecordReader::read_at(std::uint64_t first, std::span<std::byte> to) const {
  auto* next = to.data();
  input_.for_each_source({first * record_bytes_, first * record_bytes_ + to.size()},
                         [&](std::size_t number, std::uint64_t offset, std::uint64_t bytes) {
                           auto const& source = input_.sources()[number];
                           auto const n = static_cast<std::size_t>(bytes);
                           if (source.held)
                             std::memcpy(next, source.held->data() + offset, n);
                           else
                             SourceBytes(source).read_at(offset, {reinterpret_cast<char*>(next), n});
                           next += n;
                         });
}

}  // namespace pel::data
