#include "engine/failed_checkpoint.hpp"

#include <cerrno>

namespace pel::engine {
namespace {

std::string advice(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return "make room";
    case ENOENT:
    case ENOTDIR:
      return "the directory was removed, or its disk is not there any more: bring it back";
    case EACCES:
    case EPERM:
    case EROFS:
      return "the directory is not yours, or read-only: give this job the right to write there";
    case EIO:
    case ESTALE:
      return "the disk or the way to it fails: the system's log says more";
    default:
      return "see the reason above";
  }
}

}  // namespace

std::string while_the_job_goes_on(std::string const& failure, int code) {
  return failure.substr(0, failure.find("\n  likely")) + "\n  next      " + advice(code) +
         "; the job tries again by itself";
}

}  // namespace pel::engine
