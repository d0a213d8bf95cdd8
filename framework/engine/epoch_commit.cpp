// What rank 0's thread does of EpochWriter, when all parts of an epoch are written: it makes the epoch appear, and
// removes what that makes superfluous.
#include <cerrno>
#include <exception>
#include <string_view>

#include "base/machine.hpp"
#include "engine/epoch_writer.hpp"
#include "pel/error.hpp"

namespace pel::engine {

void EpochWriter::commit(store::Manifest const& manifest) noexcept {
  verdict_ = Verdict::dropped;
  auto const started = base::monotonic_seconds();
  bool renamed = false;
  try {
    if (!failed_) {
      auto const reached = [&](char const* point) {
        renamed = renamed || std::string_view(point) == "renamed";
        reach(point);
      };
      bool const ours = directory_->commit(manifest, reached, [this] { ownership_.check(); });
      verdict_ = ours ? Verdict::ours : Verdict::anothers;
      commit_seconds_ = base::monotonic_seconds() - started;
      if (tidies_in_commit_) tidy();
      return;
    }
  } catch (LostLease const& lost) {
    fatal_ = std::current_exception();
    // The other ranks are told at the end of the superstep, but may be dead and make this one wait for ever.
    last_word_.emplace(lost.what(), static_cast<int>(LostLease::exit_code));
  } catch (WriteFailed const& failed) {
    fail(failed.what(), failed.code);
    // An epoch that may not outlast a power loss is no reason to delete older ones.
    figures_.no_space = !renamed && (failed.code == ENOSPC || failed.code == EDQUOT);
  } catch (std::exception const& error) {
    fail(error.what(), EIO);
  } catch (...) {
    fail("", EIO);
  }
  if (verdict_ == Verdict::dropped) give_up_epoch();  // else what failed came after the commit
}

// A disk may take a second to free a large file: the epoch that made others superfluous does not wait for it, the next
// one does, as it may need their room.
void EpochWriter::tidy() noexcept {
  try {
    directory_->retain(settings_.checkpoint_keep, [this] { ownership_.check(); });
    reach("trashed");
  } catch (std::exception const&) {  // a fault that throws: nothing waits for this
  }
}

// Where the disk is full it may be tried once more, with the newest whole epoch alone beside it.
void EpochWriter::give_up_epoch() noexcept {
  directory_->abandon(now_.superstep);
  if (!figures_.no_space || fatal_ || now_.again) return;
  try {
    if (directory_->make_space([this] { ownership_.check(); })) verdict_ = Verdict::again;
    ownership_.check();  // a launch that lost the directory while epochs were read back goes no further
  } catch (std::exception const&) {
    fatal_ = std::current_exception();
  }
}

}  // namespace pel::engine
