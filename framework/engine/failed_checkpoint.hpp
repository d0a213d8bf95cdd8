// A checkpoint that could not be written while its job goes on.
#pragma once

#include <string>

namespace pel::engine {

// What failed, without the advice that is for a job that ends, and what to do about a failed call's errno; 0: no call.
// Example: ("ckpt/part: cannot be written: No space left on device\n  likely …\n  next …", ENOSPC) gives its first line
// and "\n  next      make room; the job tries again by itself".
[[nodiscard]] std::string while_the_job_goes_on(std::string const& failure, int code);

}  // namespace pel::engine
