#include "data/verifier.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/option_table.hpp"
#include "data/comparison.hpp"
#include "data/count_lines.hpp"
#include "data/number_rows.hpp"
#include "data/record_bytes.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"
#include "store/result_name.hpp"

namespace pel::data {

struct Verifier::State final : engine::StartedWithJob {
  State(engine::JobCore& of, Sniffed sniffed_, std::function<Expectation(TextInput const&)> expect_)
      : job(of), sniffed(sniffed_), expect(std::move(expect_)) {}

  // Takes --verify; what is looked at first is the golden.
  static std::shared_ptr<State> made(engine::JobCore& job, Sniffed sniffed, std::string const& what,
                                     std::function<Expectation(TextInput const&)> expect) {
    auto state = std::make_shared<State>(job, sniffed, std::move(expect));
    auto const verify = job.take({.name = "verify",
                                  .value = "GOLDEN",
                                  .help = "compare the output with that file of " + what +
                                          ", or else with a plain computation on one thread; exit 1 if it differs",
                                  .value_optional = true},
                                 false);
    if (verify.empty()) return state;
    state->golden = verify.back();
    job.at_start(state);
    return state;
  }

  void start() override {
    auto& world = job.world();
    auto const& outputs = job.outputs();
    world.together(engine::Site::load, "golden", [&] {
      auto const readable = std::ranges::find_if_not(outputs, store::is_hdf5_result);
      if (readable == outputs.end())
        throw UsageError(
            "--verify", outputs.empty() ? "looks at what is written: give --output, too"
                                        : outputs.front() + " is not read back: give another --output that is no HDF5");
      bool const may_be_generator = readable->find(':') < readable->find('/');
      result = may_be_generator ? "./" + *readable : *readable;
      if (world.rank() == 0 && !golden->empty()) expectation = expect(whole(TextInput::open({*golden}, sniffed)));
    });
  }

  std::string look(Reference const& reference) {
    auto const against = golden->empty() ? "the reference" : *golden;
    auto const found = whole(TextInput::open({result}, never_sniffed));
    if (golden->empty()) {
      auto text = std::make_shared<std::string const>(reference(static_cast<std::size_t>(job.max_line())));
      auto const size = text->size();
      expectation = expect(TextInput({{"", size, std::move(text)}}));
    }
    auto const comparison = expectation(found);
    if (comparison.same())
      job.world().log().info("verified: " + std::to_string(comparison.compared) + " " + comparison.things +
                             " agree with " + against);
    return comparison.words(against);
  }

  engine::JobCore& job;
  Sniffed sniffed;
  std::function<Expectation(TextInput const&)> expect;
  std::optional<std::string> golden;  // empty: the reference
  std::string result;                 // the path of the output that is looked at
  Expectation expectation;            // of rank 0
};

Verifier Verifier::of_counts(engine::JobCore& job) {
  return Verifier(State::made(job, always_sniffed, "lines \"key count\"", expect_counts));
}

Verifier Verifier::of_numbers(engine::JobCore& job) {
  auto const given =
      job.take({.name = "verify-within",
                .value = "X",
                .fallback = "1e-9",
                .help = "of --verify: by how much numbers may differ, as a share of the largest of their "
                        "column"},
               false);
  auto const within = base::to_number("verify-within", given.empty() ? "1e-9" : given.back());
  if (!(within >= 0)) throw UsageError("--verify-within", "expected a number that is not negative");
  return Verifier(State::made(job, always_sniffed, "rows of numbers",
                              [within](TextInput const& golden) { return expect_numbers(golden, within); }));
}

Verifier Verifier::of_records(engine::JobCore& job, std::size_t record_bytes) {
  return Verifier(State::made(job, never_sniffed, "records", [record_bytes](TextInput const& golden) {
    return expect_records(golden, record_bytes);
  }));
}

void Verifier::check(Reference const& reference) const {
  if (!state_->golden) return;
  state_->job.check_result([&] { return state_->look(reference); });
}

}  // namespace pel::data
