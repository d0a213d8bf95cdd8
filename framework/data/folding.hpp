// aggregate_by_key: a Reducer whose value is an accumulator.
#pragma once

#include <utility>

namespace pel::data {

// The value of a key is `initial` with its elements added one by one; those of source partitions are merged in their
// order. To reduce_by_key, what an element gives is a value on its own only where it is the first of its key.
template <class View, class A, class Add, class Merge>
class Folding {
 public:
  Folding(A initial, Add add, Merge merge)
      : combine{add, std::move(merge)}, initial_(std::move(initial)), add_(std::move(add)) {}

  struct Given {
    Folding const& fold;
    View const& element;
    operator A() const {  // NOLINT(google-explicit-constructor): it is the value of a new key
      A value = fold.initial_;
      fold.add_(value, element);
      return value;
    }
  };
  [[nodiscard]] Given value(View const& element) const { return {*this, element}; }

  struct Combine {
    Add add;
    Merge merge;
    [[nodiscard]] A operator()(A so_far, Given const& given) const {
      add(so_far, given.element);
      return so_far;
    }
    [[nodiscard]] A operator()(A so_far, A const& other) const {
      merge(so_far, other);
      return so_far;
    }
  };
  Combine combine;

 private:
  A initial_;
  Add add_;
};

}  // namespace pel::data
