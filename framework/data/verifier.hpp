// --verify of jobs over datasets: holds what was written against a file, or against the reference.
#pragma once

#include <cstddef>
#include <memory>

#include "data/reference/references.hpp"

namespace pel::engine {
class JobCore;
}

namespace pel::data {

// Made before the inputs are declared, as its flag is then understood before them. Where --verify is not given it does
// nothing. GOLDEN is a file, a directory or a pattern, also packed; rank 0 reads it before anything else is done.
// Without GOLDEN rank 0 reads the inputs again after the run and computes the reference on one thread. Either way it
// then reads the first --output that is no HDF5 file back: plain, packed or in parts. Without such an output the job is
// refused (64) at its start. Rank 0 holds the result, what was expected and, for the reference, the inputs in
// memory, beside what --memory says: for data that fit one node.
class Verifier {
 public:
  // Lines "KEY COUNT" in any order: see expect_counts().
  [[nodiscard]] static Verifier of_counts(engine::JobCore& job);
  // Rows of numbers; takes --verify-within, too: see expect_numbers(). Throws: UsageError.
  [[nodiscard]] static Verifier of_numbers(engine::JobCore& job);
  // Records of so many bytes: see expect_records().
  [[nodiscard]] static Verifier of_records(engine::JobCore& job, std::size_t record_bytes);

  // After the result was written: what differs is said, the first few with both values, and the job will end with
  // ExitCode::mismatch. Collective: all ranks. Throws: on all of them what reading or the reference throws.
  void check(Reference const& reference) const;

 private:
  struct State;
  explicit Verifier(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;
};

}  // namespace pel::data
