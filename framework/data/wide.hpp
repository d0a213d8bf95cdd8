// Wide verbs: what a partition's result is made of comes from all partitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "data/column.hpp"
#include "data/kept.hpp"
#include "data/loaded_mail.hpp"
#include "data/node.hpp"
#include "engine/memory.hpp"

namespace pel::data {

// A wide verb sends in one superstep (the produce half: per source partition) and takes in the next (the consume half:
// per destination partition, from mail in source partition order). The next superstep is that of whoever asks for the
// result, so k verbs in a row cost k + 1 supersteps; a result that nobody else holds is seen as it is made, and never
// lies in memory. Mail that did not fit into memory is brought back from disk, a partition at a time.
template <class T>
class WideNode : public Node<T>, public Arriving, public std::enable_shared_from_this<WideNode<T>> {
 public:
  using Node<T>::Node;
  using typename Node<T>::Sink;

  ~WideNode() override;
  void prepare(bool shared) final;
  [[nodiscard]] Arriving const* passing() const final { return state_ == State::arriving && !shared_ ? this : nullptr; }
  void show(Step& step, Sink sink) final;
  void land(Step& step) final;
  void landed(bool kept) final;

 protected:
  // Runs the supersteps of the produce half; the last one sends.
  virtual void send() = 0;
  // The consume half, in a superstep: makes the result of the step's inbox and shows it.
  virtual void take(Step& step, Sink sink) = 0;
  // Gives up what take() on this worker's thread keeps for the next partition.
  virtual void free_scratch(std::size_t /*worker*/) {}
  // Gives up what mail refers to: nobody takes any more.
  virtual void all_taken() {}
  // Bytes that take() needs beside mail of so many messages.
  [[nodiscard]] virtual std::uint64_t memory_beside(std::uint64_t messages) const { return 64 * messages; }
  // The consume half where mail and what take() needs beside are too large for memory.
  virtual void take_large(Step& step, Sink sink, engine::StoredMail const& stored);
  [[noreturn]] void refuse(std::string const& what, Step const& step, std::uint64_t bytes);

 private:
  void take_mail(Step& step, Sink sink);

  enum class State { fresh, arriving, kept, passed };
  State state_ = State::fresh;
  bool shared_ = false;
  std::unique_ptr<Kept<T>[]> kept_;  // by slot  NOLINT(modernize-avoid-c-arrays): made once, never moved
};

// What stands outside of the classes nobody compiles again where the library has it.
template <class T>
WideNode<T>::~WideNode() = default;

template <class T>
void WideNode<T>::prepare(bool shared) {
  if (state_ == State::fresh) {
    kept_ = std::make_unique<Kept<T>[]>(this->flow()->slots());
    send();
    this->flow()->sent(this->shared_from_this());
    state_ = State::arriving;
  }
  if (state_ == State::passed) throw std::logic_error("a dataset was asked for that nobody held");
  shared_ = shared;
}

template <class T>
void WideNode<T>::show(Step& step, Sink sink) {
  if (this->flow()->is_passing(this))
    take_mail(step, sink);
  else
    kept_[step.slot].show(sink);
}

template <class T>
void WideNode<T>::land(Step& step) {
  auto& kept = kept_[step.slot];
  auto const& memory = this->flow()->memory();
  take_mail(step, [&](BlockOf<T> block) { kept.add(memory, block); });
  kept.finish();
}

template <class T>
void WideNode<T>::landed(bool kept) {
  state_ = kept ? State::kept : State::passed;
  for (std::size_t worker = 0; worker < this->flow()->workers(); ++worker) free_scratch(worker);
  all_taken();
}

template <class T>
void WideNode<T>::take_large(Step& step, Sink /*sink*/, engine::StoredMail const& stored) {
  refuse("its mail", step, stored.bytes() + memory_beside(stored.count()));
}

template <class T>
void WideNode<T>::refuse(std::string const& what, Step const& step, std::uint64_t bytes) {
  refuse_large(step, this->verb(), what, bytes, this->flow()->memory()->budget());
}

template <class T>
void WideNode<T>::take_mail(Step& step, Sink sink) {
  auto const* const stored = step.frame.stored;
  if (stored == nullptr) return take(step, sink);
  auto const need = stored->bytes() + memory_beside(stored->count());
  auto const limit = this->flow()->memory()->for_loading();
  if (need > limit) return take_large(step, sink, *stored);
  LoadedMail const mail(step, *stored, need, limit);
  take(step, sink);
  free_scratch(static_cast<std::size_t>(step.worker()));  // what it is counted with ends here
}

// Gathers blocks of elements that are made one by one.
template <class T>
class BlockMaker {
 public:
  explicit BlockMaker(typename Node<T>::Sink sink);
  ~BlockMaker();
  BlockMaker(BlockMaker const&) = delete;
  BlockMaker& operator=(BlockMaker const&) = delete;
  void add(ViewOf<T> const& element) {
    block_.push_back(element);
    if (block_.size() == block_elements) flush();
  }
  void flush() {
    if (!block_.empty()) sink_(BlockOf<T>(block_));
    block_.clear();
  }
  // What lies behind the elements is about to go away, and more come: so where blocks end does not depend on memory.
  [[gnu::cold]] void settle();

 private:
  typename Node<T>::Sink sink_;
  std::vector<ViewOf<T>> block_;
  Column<T> held_;  // what the first of the block look at, since they were settled
};

template <class T>
BlockMaker<T>::BlockMaker(typename Node<T>::Sink sink) : sink_(sink) {
  block_.reserve(block_elements);
}

template <class T>
BlockMaker<T>::~BlockMaker() = default;

template <class T>
void BlockMaker<T>::settle() {
  Column<T> held;
  for (auto const& element : block_) held.add(element);
  held_ = std::move(held);
  block_.clear();
  for (std::size_t i = 0; i < held_.size(); ++i) block_.push_back(held_[i]);
}

// The same for elements that do not outlive the call that gives them.
template <class T>
class ColumnSink {
 public:
  explicit ColumnSink(typename Node<T>::Sink sink) : sink_(sink) {}
  void add(ViewOf<T> const& element) {
    made_.add(element);
    if (made_.size() == block_elements) flush();
  }
  void flush() {
    show_blocks(made_, sink_);
    made_.clear();
  }

 private:
  typename Node<T>::Sink sink_;
  Column<T> made_;
};

// Of counts of texts, the commonest of all, they are compiled once, in the library.
extern template class WideNode<Entry<std::string, std::int64_t>>;
extern template class BlockMaker<Entry<std::string, std::int64_t>>;
extern template class Kept<Entry<std::string, std::int64_t>>;

}  // namespace pel::data
