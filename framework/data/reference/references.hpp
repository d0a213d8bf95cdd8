// The answers of the apps over datasets as their definitions say, each as the text that the app writes. Sequential and
// slow; they share nothing with the verbs, and read their inputs from the first byte to the last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/text_input.hpp"
#include "data/words.hpp"

namespace pel {
class Centroids;
}

namespace pel::data {

// Computes the right result on one thread when it is called. `max_line`: how many bytes a line of an input may have.
// Lines that --max-bad leaves out are left out here, too. Throws: MissingInput, BadData if a file has changed.
class Reference {
 public:
  template <class Compute>
  Reference(Compute compute)  // NOLINT: of any function
      : compute_(std::make_shared<Compute const>(std::move(compute))), call_(&call<Compute>) {}
  [[nodiscard]] std::string operator()(std::size_t max_line) const { return call_(compute_.get(), max_line); }

 private:
  template <class Compute>
  static std::string call(void const* compute, std::size_t max_line) {
    return (*static_cast<Compute const*>(compute))(max_line);
  }

  std::shared_ptr<void const> compute_;
  std::string (*call_)(void const*, std::size_t);
};

namespace reference {

// How often each word comes, a line "WORD COUNT" each.
[[nodiscard]] Reference word_counts(TextInput const& text, WordRule rule);

// How often each k-mer comes in sequences, together with its reverse complement, under the one of the two that comes
// first in the alphabet: a line "KMER COUNT" each. Windows with other letters than A, C, G, T of either case are
// skipped. Requires: 1 <= k <= 32.
[[nodiscard]] Reference kmer_counts(std::vector<std::string> names, unsigned k);

// The records of files, ordered by their first bytes as numbers from 0 to 255; ties stay as they were.
[[nodiscard]] Reference sorted_records(std::vector<std::string> names, std::size_t record_bytes, std::size_t key_bytes);

// Files of points, as pel::read_points takes them. `width`: numbers a point, of binary files.
struct PointFiles {
  std::vector<std::string> names;
  std::size_t width;
};

// Centres after so many rounds of Lloyd's algorithm, a line of numbers between commas each: each point belongs to the
// nearest centre, of equally near ones to the first, and each centre becomes the mean of its points; one without any
// stays. Ends earlier when no coordinate of a centre moved further than `tolerance`.
[[nodiscard]] Reference lloyd(PointFiles points, Centroids const& start, std::uint64_t rounds, double tolerance);

// How the weights of logistic regression are found.
struct LogisticRules {
  bool newton;           // else gradient descent
  std::uint64_t rounds;  // at most
  double rate;           // of gradient descent
  double l2;
  double tolerance;  // the round in which no slope is steeper is the last
};

// Weights and, as the last one, the intercept, a line each, for which (1/n) sum log(1 + exp(-s z)) + l2/2 |w|^2 shall
// be least; all are zero at first. The last number of each point is its label. Newton's method goes half the way back
// where a step went up.
[[nodiscard]] Reference logistic(PointFiles points, LogisticRules const& rules);

}  // namespace reference
}  // namespace pel::data
