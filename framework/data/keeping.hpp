// A source or pipe that is run each time its elements are asked for, unless somebody else will ask again: then it is
// run once, and what came is kept.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "data/kept.hpp"
#include "data/node.hpp"

namespace pel::data {

template <class T>
class KeepingNode : public Node<T> {
 public:
  using Node<T>::Node;
  using typename Node<T>::Sink;

  void prepare(bool shared) final {
    if (kept_) return;
    ready();
    if (!shared) return;
    auto& flow = *this->flow();
    elements_ = std::make_unique<Kept<T>[]>(flow.slots());
    auto const memory = flow.memory();
    flow.superstep(
        "keep",
        [&](Step& step) {
          auto& elements = elements_[step.slot];
          read(step, [&](BlockOf<T> block) { elements.add(memory, block); });
          elements.finish();
        },
        {}, arriving());
    kept_ = true;
    let_go();
  }
  [[nodiscard]] Arriving const* passing() const final { return kept_ ? nullptr : arriving(); }
  void show(Step& step, Sink sink) final {
    if (kept_)
      elements_[step.slot].show(sink);
    else
      read(step, sink);
  }

 protected:
  // Before read(). Collective: all ranks.
  virtual void ready() {}
  [[nodiscard]] virtual Arriving const* arriving() const { return nullptr; }
  // In a superstep.
  virtual void read(Step& step, Sink sink) = 0;
  // It will not be read again.
  virtual void let_go() {}

 private:
  bool kept_ = false;
  std::unique_ptr<Kept<T>[]> elements_;  // by slot  NOLINT(modernize-avoid-c-arrays): made once, never moved
};

}  // namespace pel::data
