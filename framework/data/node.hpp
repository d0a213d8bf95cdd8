// What a dataset is behind its handle: something that can show the elements of each partition, block by block.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/function_ref.hpp"
#include "data/byte_range.hpp"
#include "data/column.hpp"
#include "data/flow.hpp"

namespace pel::data {

class AnyNode {
 public:
  explicit AnyNode(std::shared_ptr<Flow> flow) : flow_(std::move(flow)) {}
  virtual ~AnyNode() = default;
  AnyNode(AnyNode const&) = delete;
  AnyNode& operator=(AnyNode const&) = delete;

  [[nodiscard]] std::shared_ptr<Flow> const& flow() const noexcept { return flow_; }

  // Does what must be done before the elements can be seen in the next superstep. `shared`: somebody else will ask
  // again, so what is costly is kept. Collective: all ranks.
  virtual void prepare(bool shared) = 0;
  // The mail that show() would read as it comes; none where it reads none.
  [[nodiscard]] virtual Arriving const* passing() const { return nullptr; }

 private:
  std::shared_ptr<Flow> flow_;
};

class ResidentRecords;

// Elements that can be seen by number, without reading those before: of sources whose elements are of one size.
template <class T>
class Lookup {
 public:
  virtual ~Lookup() = default;
  // The numbers of a partition's elements.
  [[nodiscard]] virtual ByteRange share(Partition part) const = 0;
  [[nodiscard]] virtual std::uint64_t total() const = 0;
  virtual void show(std::uint64_t number, base::FunctionRef<void(ViewOf<T> const&)> sink) const = 0;
  // All of them where they lie; none where they do not. Throws: MissingInput if a file has vanished.
  [[nodiscard]] virtual std::shared_ptr<ResidentRecords const> resident() const { return nullptr; }
};

template <class T>
class Node : public AnyNode {
 public:
  using AnyNode::AnyNode;
  using Sink = base::FunctionRef<void(BlockOf<T>)>;
  // In a superstep, after prepare(): shows the elements of the step's partition in order. A block is valid during the
  // call.
  virtual void show(Step& step, Sink sink) = 0;
  // None where there is no such thing.
  [[nodiscard]] virtual Lookup<T> const* lookup() const { return nullptr; }
  // After prepare(): how many elements each partition has, where that is known.
  [[nodiscard]] virtual std::vector<std::uint64_t> const* sizes() const { return nullptr; }
};

}  // namespace pel::data
