// Datasets with a name: kept, and part of checkpoints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/function_ref.hpp"
#include "data/column_fields.hpp"
#include "data/node.hpp"
#include "data/pipe.hpp"

namespace pel::data {

using ListFields = ColumnFields (*)(void* of, std::string const& name, std::size_t slot);

// How a named dataset comes to be, whatever its elements: from the checkpoint that the run goes on from, else in the
// one superstep of make(), after ready(); from that one on checkpoints hold it. `list` gives the fields of a slot of
// what it is `of`, which lives as long as checkpoints may ask for it. Collective: all ranks. Throws: on all of them:
// Misuse for a name that is used twice, ForeignCheckpoint for elements of another type; what make() throws.
void prepare_named(Flow& flow, std::string const& name, std::shared_ptr<void> of, ListFields list,
                   base::FunctionRef<void()> ready, base::FunctionRef<void()> make);

// Counts bytes of a named dataset. Throws: OutOfBudget where all that is named has more than may stay in memory.
void pin_named(Flow& flow, std::string const& name, PartitionId partition, std::uint64_t bytes);

// What a run makes of its source is kept, and part of every checkpoint from then on; after a restart it comes from the
// checkpoint, if that has it, and the source is never asked.
template <class Run>
class NamedNode final : public Node<typename Run::Element> {
  using T = typename Run::Element;

 public:
  using typename Node<T>::Sink;
  NamedNode(Run source, std::string name);
  ~NamedNode() override;

  void prepare(bool shared) override;
  void show(Step& step, Sink sink) override;

 private:
  void keep(Step& step);

  std::optional<Run> source_;
  std::string name_;
  std::shared_ptr<std::vector<Column<T>>> columns_;  // by slot
};

// What stands outside of the class nobody compiles again where the library has it.
template <class Run>
NamedNode<Run>::NamedNode(Run source, std::string name)
    : Node<T>(source.flow()),
      source_(std::move(source)),
      name_(std::move(name)),
      columns_(std::make_shared<std::vector<Column<T>>>()) {}

template <class Run>
NamedNode<Run>::~NamedNode() = default;

template <class Run>
void NamedNode<Run>::prepare(bool /*shared*/) {
  if (!source_) return;
  auto& flow = *this->flow();
  columns_->resize(flow.slots());
  auto const make = [&] {
    flow.superstep(
        name_, [this](Step& step) { keep(step); }, {}, source_->passing());
  };
  prepare_named(
      flow, name_, columns_,
      [](void* columns, std::string const& name, std::size_t slot) {
        ColumnFields fields;
        list_fields((*static_cast<std::vector<Column<T>>*>(columns))[slot], name, fields);
        return fields;
      },
      [&] { source_->prepare(); }, make);
  source_.reset();
}

template <class Run>
void NamedNode<Run>::show(Step& step, Sink sink) {
  show_blocks((*columns_)[step.slot], sink);
}

// It stays in memory, as checkpoints show it: where what must stay is more than half of the budget, it cannot be kept.
template <class Run>
void NamedNode<Run>::keep(Step& step) {
  auto& column = (*columns_)[step.slot];
  source_->run_blocks(step, [&](BlockOf<T> block) {
    auto const before = column.bytes();
    for (auto const& element : block) column.add(element);
    pin_named(*this->flow(), name_, step.partition().id, column.bytes() - before);
  });
}

// Of counts of texts, the commonest of all, it is compiled once, in the library.
extern template class NamedNode<Tap<Entry<std::string, std::int64_t>>>;

}  // namespace pel::data
