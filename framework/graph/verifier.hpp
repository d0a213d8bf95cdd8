// --verify: holds the result of a run against a file, or against the reference.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "graph/reference/plain_input.hpp"
#include "graph/verification.hpp"

namespace pel::engine {
class JobCore;
}

namespace pel::graph {

class Verifier {
 public:
  // Declares and reads --verify[=GOLDEN] and --tolerance. Throws: UsageError.
  explicit Verifier(engine::JobCore& job);

  // The check of a run's result; empty where nobody asked for one. GOLDEN is a file, a directory or a pattern: lines
  // "vertex value" in any order, also in several files; rank 0 reads them now, before the run. Without GOLDEN rank 0
  // reads the input again after the run and computes the reference on one thread: for graphs that fit one node.
  // Collective: all ranks. Throws: MissingInput, BadData of GOLDEN.
  [[nodiscard]] std::function<std::string(std::string)> check(engine::JobCore& job, GraphIdentity const& graph,
                                                              Expected const& expected) const;

 private:
  std::optional<std::string> golden_;  // empty: the reference
  double tolerance_;
};

}  // namespace pel::graph
