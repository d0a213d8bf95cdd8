// Pipes: narrow verbs over a source, fused at compile time. What comes of an element goes straight into the next stage.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "data/keeping.hpp"
#include "data/node.hpp"

namespace pel::data {

// A source that is a node: where fusion ends, with one indirect call a block.
template <class T>
class Tap {
 public:
  using Element = T;
  explicit Tap(std::shared_ptr<Node<T>> node) : node_(std::move(node)) {}

  [[nodiscard]] std::shared_ptr<Flow> const& flow() const noexcept { return node_->flow(); }
  // Shared is what somebody beside this pipe holds, or this pipe will run `again`.
  void prepare(bool again = false) { node_->prepare(again || node_.use_count() > 1); }
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
  [[nodiscard]] Lookup<T> const* lookup() const { return node_->lookup(); }
  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const { return node_->sizes(); }

 private:
  std::shared_ptr<Node<T>> node_;
};

// What a pipe has of its source.
template <class Source, class T>
class OverSource {
 public:
  using Element = T;
  explicit OverSource(Source source) : source_(std::move(source)) {}

  [[nodiscard]] std::shared_ptr<Flow> const& flow() const noexcept { return source_.flow(); }
  void prepare(bool again = false) { source_.prepare(again); }
  [[nodiscard]] Arriving const* passing() const { return source_.passing(); }
  [[nodiscard]] Lookup<T> const* lookup() const { return nullptr; }
  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const { return nullptr; }

 protected:
  Source source_;
};

// Stage: called with an element and the sink of what it makes of it.
template <class Source, class Stage, class T>
class Pipe : public OverSource<Source, T> {
 public:
  Pipe(Source source, Stage stage) : OverSource<Source, T>(std::move(source)), stage_(std::move(stage)) {}

  template <class Sink>
  void run(Step& step, Sink&& sink) const {
    this->source_.run(step, [&](auto const& element) { stage_(element, sink); });
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

 private:
  Stage stage_;
};

// The same for a stage that looks at blocks: called with one and the sink of what it makes of it.
template <class Source, class Stage, class T>
class BlockPipe : public OverSource<Source, T> {
 public:
  BlockPipe(Source source, Stage stage) : OverSource<Source, T>(std::move(source)), stage_(std::move(stage)) {}

  template <class Sink>
  void run(Step& step, Sink&& sink) const {
    this->source_.run_blocks(step, [&](BlockOf<typename Source::Element> block) { stage_(block, sink); });
  }
  template <class Sink>
  void run_blocks(Step& step, Sink&& sink) const {
    Column<T> made;
    this->source_.run_blocks(step, [&](BlockOf<typename Source::Element> block) {
      made.clear();
      stage_(block, [&](ViewOf<T> const& element) { made.add(element); });
      show_blocks(made, sink);
    });
  }

 private:
  Stage stage_;
};

// A pipe behind a handle.
template <class Run>
class PipeNode final : public KeepingNode<typename Run::Element> {
  using T = typename Run::Element;

 public:
  using typename Node<T>::Sink;
  explicit PipeNode(Run pipe) : KeepingNode<T>(pipe.flow()), pipe_(std::move(pipe)) {}

 private:
  void ready() override { pipe_->prepare(); }
  [[nodiscard]] Arriving const* arriving() const override { return pipe_->passing(); }
  void read(Step& step, Sink sink) override { pipe_->run_blocks(step, sink); }
  void let_go() override { pipe_.reset(); }

  std::optional<Run> pipe_;
};

}  // namespace pel::data
