// --verify of apps over datasets: is the answer right?
#pragma once

#include <cstddef>

#include "data/reference/references.hpp"
#include "data/verifier.hpp"
#include "pel/job.hpp"

namespace pel {

// What an answer should be, computed plainly (data/reference/references.hpp): reference::word_counts(text, rule), …
namespace reference = data::reference;

// Takes --verify[=GOLDEN]: the result is held against that file, or against the reference. See data/verifier.hpp.
// Sequence: constructor, inputs, the result is written, check(); where nobody asked for it nothing happens. Example:
//
//   auto const verifier = pel::verify_counts(job);
//   auto const text = pel::open_text(job, job.inputs("input", "the texts"));
//   …
//   counts.write(job.output());
//   verifier.check(pel::reference::word_counts(text, pel::WordRule::alnum));
using data::Verifier;

[[nodiscard]] inline Verifier verify_counts(Job& job) { return Verifier::of_counts(job.core()); }
[[nodiscard]] inline Verifier verify_numbers(Job& job) { return Verifier::of_numbers(job.core()); }
[[nodiscard]] inline Verifier verify_records(Job& job, std::size_t record_bytes) {
  return Verifier::of_records(job.core(), record_bytes);
}

}  // namespace pel
