// Job::run: a kernel of the user's own, from its first superstep to its result.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "pel/hosted_kernels.hpp"
#include "pel/job.hpp"

namespace pel {

template <class Make>
auto Job::run(Make make, std::string const& name, engine::ResultCheck const& check) {
  static_assert(std::is_invocable_v<Make, Partition>,
                "pel: run() takes a function that makes a kernel of a pel::Partition");
  if constexpr (std::is_invocable_v<Make, Partition>) {
    using Kernel = std::invoke_result_t<Make, Partition>;
    if constexpr (is_kernel<Kernel>()) {
      HostedKernels<Kernel> kernels(std::move(make));
      core_.run(kernels, name, check);
      return typename Kernel::Aggregate(kernels.aggregate());
    }
  }
}

}  // namespace pel
