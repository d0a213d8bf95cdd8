// A reference to something that can be called: for a parameter that is only called during the call it is given to.
#pragma once

#include <type_traits>
#include <utility>

namespace pel::base {

template <class Signature>
class FunctionRef;

// Two words, no allocation. The callable must live as long as the reference. A default one refers to nothing.
template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  FunctionRef() noexcept = default;
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef>) FunctionRef(F&& callable)
  noexcept  // NOLINT
      : object_(const_cast<void*>(reinterpret_cast<void const*>(&callable))),
        call_(&call<std::remove_reference_t<F>>) {}

  explicit operator bool() const noexcept { return call_ != nullptr; }
  Result operator()(Arguments... arguments) const { return call_(object_, std::forward<Arguments>(arguments)...); }

 private:
  template <class F>
  static Result call(void* object, Arguments... arguments) {
    return (*reinterpret_cast<F*>(object))(std::forward<Arguments>(arguments)...);
  }

  void* object_ = nullptr;
  Result (*call_)(void*, Arguments...) = nullptr;
};

}  // namespace pel::base
