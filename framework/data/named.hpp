// Datasets that checkpoints hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/column_fields.hpp"
#include "data/node.hpp"

namespace pel::data {

// Counts bytes of a named dataset. Throws: OutOfBudget where all that is named has more than may stay in memory.
void pin_named(Flow& flow, std::string const& name, PartitionId partition, std::uint64_t bytes);

// What a run makes of its source is kept, and part of every checkpoint from then on; after a restart it comes from the
// checkpoint, if that has it, and the source is never asked.
template <class Run>
class NamedNode final : public Node<typename Run::Element> {
  using T = typename Run::Element;

 public:
  using typename Node<T>::Sink;
  NamedNode(Run source, std::string name)
      : Node<T>(source.flow()), source_(std::move(source)), name_(std::move(name)) {}

  void prepare(bool) override {
    if (!source_) return;
    auto& flow = *this->flow();
    auto& run = flow.run();
    columns_->resize(flow.slots());
    if (run.restored(name_)) {
      flow.restore(name_, [&] {
        for (std::size_t slot = 0; slot < columns_->size(); ++slot) load(slot, run.restored_fields(name_, slot));
      });
    } else {
      source_->prepare();
      flow.superstep(
          name_, [this](Step& step) { keep(step); }, {}, source_->passing());
    }
    source_.reset();
    run.name(name_, {.visit = [columns = columns_, name = name_](
                                  std::size_t slot, auto& visitor) { visit_column((*columns)[slot], visitor, name); },
                     .visit_replicated = {}});
  }
  void show(Step& step, Sink sink) override { show_blocks((*columns_)[step.slot], sink); }

 private:
  // It stays in memory, as checkpoints show it: where what must stay is more than half of the budget, it cannot be
  // kept.
  void keep(Step& step) {
    auto& column = (*columns_)[step.slot];
    source_->run_blocks(step, [&](BlockOf<T> block) {
      auto const before = column.bytes();
      for (auto const& element : block) column.add(element);
      pin_named(*this->flow(), name_, step.partition().id, column.bytes() - before);
    });
  }
  void load(std::size_t slot, std::vector<store::FieldView> const& fields) {
    if (load_column((*columns_)[slot], fields, name_) != fields.size())
      throw OtherType("its elements are of another type");
    auto& flow = *this->flow();
    pin_named(flow, name_, flow.run().mine()[slot], (*columns_)[slot].bytes());
  }

  std::optional<Run> source_;
  std::string name_;
  std::shared_ptr<std::vector<Column<T>>> columns_ = std::make_shared<std::vector<Column<T>>>();  // by slot
};

}  // namespace pel::data
