#include "base/failure_code.hpp"

#include "pel/error.hpp"

namespace pel::base {
namespace {

template <class... Errors>
int code_among(std::exception const& error) {
  int code = static_cast<int>(ExitCode::software);
  auto const is = [&]<class Error>(Error const*) {
    if (dynamic_cast<Error const*>(&error) == nullptr) return false;
    code = static_cast<int>(Error::exit_code);
    return true;
  };
  (void)(is(static_cast<Errors const*>(nullptr)) || ...);
  return code;
}

}  // namespace

int failure_code(std::exception const& error) {
  return code_among<UsageError, BadData, MissingInput, NoCheckpoint, KernelFailed, InternalError, Misuse, MpiError,
                    SystemError, WriteFailed, ConfigError, OutOfBudget, ForeignCheckpoint, DirectoryInUse, LostLease>(
      error);
}

}  // namespace pel::base
