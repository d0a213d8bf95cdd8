// The mail of a partition, brought back from disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/block.hpp"
#include "base/function_ref.hpp"
#include "data/flow.hpp"
#include "engine/admission.hpp"
#include "engine/stored_mail.hpp"

namespace pel::data {

// While it lives the step finds its mail in memory, as its inbox. Waits until other partitions leave room for `need`
// bytes.
class LoadedMail {
 public:
  LoadedMail(Step& step, engine::StoredMail const& stored, std::uint64_t need, std::uint64_t limit);
  ~LoadedMail();
  LoadedMail(LoadedMail const&) = delete;
  LoadedMail& operator=(LoadedMail const&) = delete;

 private:
  Step& step_;
  engine::Admission admission_;
  base::Block bytes_;
  std::vector<engine::Segment> segments_;
};

// Throws: OutOfBudget.
[[noreturn]] void refuse_large(Step const& step, std::string const& verb, std::string const& what, std::uint64_t bytes,
                               std::uint64_t budget);

// Shows mail that is too large for memory, piece by piece in its order: use(bytes, count).
void stream_mail(engine::StoredMail const& stored,
                 base::FunctionRef<void(std::byte const* bytes, std::uint64_t count)> use);

}  // namespace pel::data
