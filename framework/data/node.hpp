// What a dataset is behind its handle: something that can show the elements of each partition, block by block.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/function_ref.hpp"
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
  // The number of elements of each partition, where that is known before the next superstep.
  [[nodiscard]] virtual std::vector<std::uint64_t> const* sizes() const { return nullptr; }

 private:
  std::shared_ptr<Flow> flow_;
};

template <class T>
class Node : public AnyNode {
 public:
  using AnyNode::AnyNode;
  using Sink = base::FunctionRef<void(BlockOf<T>)>;
  // In a superstep, after prepare(): shows the elements of the step's partition in order. A block is valid during the
  // call.
  virtual void show(Step& step, Sink sink) = 0;
};

}  // namespace pel::data
