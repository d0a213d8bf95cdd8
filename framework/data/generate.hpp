// Elements that are functions of their number.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "data/node.hpp"

namespace pel::data {

// make(i) for i = 0 … n - 1, in order: the same whatever ranks. Made anew each time they are asked for.
template <class T, class Make>
class GeneratedNode final : public Node<T>, public Lookup<T> {
 public:
  using typename Node<T>::Sink;
  GeneratedNode(std::shared_ptr<Flow> flow, std::uint64_t n, Make make)
      : Node<T>(std::move(flow)), n_(n), make_(std::move(make)) {
    auto const partitions = this->flow()->partitions();
    for (std::uint32_t p = 0; p < partitions; ++p) sizes_.push_back(share({PartitionId{p}, partitions}).size());
  }

  void prepare(bool) override {}
  void show(Step& step, Sink sink) override {
    auto const range = share(step.partition());
    std::vector<T> block;
    block.reserve(block_elements);
    for (auto i = range.begin; i < range.end; ++i) {
      block.push_back(make_(i));
      if (block.size() == block_elements || i + 1 == range.end) {
        sink(std::span<T const>(block));
        block.clear();
      }
    }
  }
  [[nodiscard]] Lookup<T> const* lookup() const override { return this; }
  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const override { return &sizes_; }
  [[nodiscard]] ByteRange share(Partition part) const override { return share_of(n_, part.index(), part.count); }
  [[nodiscard]] std::uint64_t total() const override { return n_; }
  void show(std::uint64_t number, base::FunctionRef<void(T const&)> sink) const override { sink(make_(number)); }

 private:
  std::uint64_t n_;
  Make make_;
  std::vector<std::uint64_t> sizes_;
};

}  // namespace pel::data
