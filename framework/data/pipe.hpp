// Pipes: narrow verbs over a source, fused at compile time. What comes of an element goes straight into the next stage.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "data/node.hpp"

namespace pel::data {

// A source that is a node: where fusion ends, with one indirect call a block.
template <class T>
class Tap {
 public:
  using Element = T;
  explicit Tap(std::shared_ptr<Node<T>> node) : node_(std::move(node)) {}

  [[nodiscard]] std::shared_ptr<Flow> const& flow() const noexcept { return node_->flow(); }
  // Shared is what somebody beside this pipe holds.
  void prepare() { node_->prepare(node_.use_count() > 1); }
  [[nodiscard]] Arriving const* passing() const { return node_->passing(); }
  template <class Sink>
  void run(Step& step, Sink&& sink) const {
    node_->show(step, [&](BlockOf<T> block) {
      for (auto const& element : block) sink(element);
    });
  }
  template <class Sink>
  void run_blocks(Step& step, Sink&& sink) const {
    node_->show(step, sink);
  }
  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const { return node_->sizes(); }
  [[nodiscard]] std::shared_ptr<Node<T>> const& node() const noexcept { return node_; }

 private:
  std::shared_ptr<Node<T>> node_;
};

// Stage: called with an element and the sink of what it makes of it.
template <class Source, class Stage, class T>
class Pipe {
 public:
  using Element = T;
  Pipe(Source source, Stage stage) : source_(std::move(source)), stage_(std::move(stage)) {}

  [[nodiscard]] std::shared_ptr<Flow> const& flow() const noexcept { return source_.flow(); }
  void prepare() { source_.prepare(); }
  [[nodiscard]] Arriving const* passing() const { return source_.passing(); }
  template <class Sink>
  void run(Step& step, Sink&& sink) const {
    source_.run(step, [&](auto const& element) { stage_(element, sink); });
  }
  // The same in blocks; what a stage made lies in a column meanwhile.
  template <class Sink>
  void run_blocks(Step& step, Sink&& sink) const {
    Column<T> made;
    auto const flush = [&] {
      show_blocks(made, sink);
      made.clear();
    };
    run(step, [&](auto const& element) {
      made.add(element);
      if (made.size() == block_elements) flush();
    });
    flush();
  }
  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const { return nullptr; }

 private:
  Source source_;
  Stage stage_;
};

// A pipe behind a handle. It is run anew each time its elements are asked for, unless somebody else will ask again:
// then it is run once and its elements are kept.
template <class Run>
class PipeNode final : public Node<typename Run::Element> {
  using T = typename Run::Element;

 public:
  using typename Node<T>::Sink;
  explicit PipeNode(Run pipe) : Node<T>(pipe.flow()), pipe_(std::move(pipe)) {}

  void prepare(bool shared) override {
    if (kept_) return;
    pipe_->prepare();
    if (!shared) return;
    auto& flow = *this->flow();
    columns_.resize(flow.slots());
    flow.superstep(
        "keep",
        [this](Step& step) {
          auto& column = columns_[step.slot];
          pipe_->run(step, [&](auto const& element) { column.add(element); });
        },
        {}, pipe_->passing());
    kept_ = true;
    pipe_.reset();
  }
  [[nodiscard]] Arriving const* passing() const override { return kept_ ? nullptr : pipe_->passing(); }
  void show(Step& step, Sink sink) override {
    if (kept_)
      show_blocks(columns_[step.slot], sink);
    else
      pipe_->run_blocks(step, sink);
  }

 private:
  std::optional<Run> pipe_;
  bool kept_ = false;
  std::vector<Column<T>> columns_;  // by slot
};

}  // namespace pel::data
