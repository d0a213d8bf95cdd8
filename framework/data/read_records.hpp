// Files of records of one size as a dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "data/node.hpp"
#include "data/record_reader.hpp"

namespace pel::data {

// T as it lies in the files, one behind the other. Files are read again each time the records are asked for.
template <class T>
class RecordsNode final : public Node<T>, public Lookup<T> {
  static_assert(Plain<T>, "pel: a record is trivially copyable");
  static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__, "pel: a record is aligned as operator new aligns");

 public:
  using typename Node<T>::Sink;
  RecordsNode(std::shared_ptr<Flow> flow, TextInput input)
      : Node<T>(std::move(flow)), records_(std::move(input), sizeof(T)) {}

  void prepare(bool) override {}
  void show(Step& step, Sink sink) override {
    records_.read(step.partition(), [&](std::span<std::byte const> bytes) {
      sink(std::span(reinterpret_cast<T const*>(bytes.data()), bytes.size() / sizeof(T)));
    });
  }
  [[nodiscard]] Lookup<T> const* lookup() const override { return this; }
  [[nodiscard]] ByteRange share(Partition part) const override { return records_.share(part); }
  [[nodiscard]] std::uint64_t total() const override { return records_.records(); }
  [[nodiscard]] std::shared_ptr<ResidentRecords const> resident() const override { return records_.resident(); }
  void show(std::uint64_t number, base::FunctionRef<void(T const&)> sink) const override {
    T record;
    records_.read_at(number, std::as_writable_bytes(std::span(&record, 1)));
    sink(record);
  }

 private:
  RecordReader records_;
};

}  // namespace pel::data
