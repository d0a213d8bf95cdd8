// A job of twelve supersteps for the tests of recovery. Its result depends on every bit that a checkpoint keeps: typed
// vectors, scalars, an opaque map, mail under way, votes, the aggregate, and random numbers.
#include <bit>
#include <chrono>
#include <cstdlib>
#include <pel/pel.hpp>
#include <thread>

#include "base/hash.hpp"

namespace {

using Highest = pel::Max<std::uint64_t>;

constexpr std::int64_t last_superstep = 11;

// What the command line says; the environment says the last.
struct Shore {
  std::uint64_t cells = 0;     // of the job; partitions may be empty
  std::uint64_t constant = 0;  // numbers of the job that never change after superstep 0: what a checkpoint need not
                               // write again
  bool extra = false;          // one field more; not by an option, which would be told apart by itself
};

// TIDES_PAUSE_MS in the environment makes each superstep that long, so that a writer beside it comes to its end.
std::chrono::milliseconds pause() {
  char const* const text = std::getenv("TIDES_PAUSE_MS");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return std::chrono::milliseconds(text == nullptr ? 0 : std::strtol(text, nullptr, 10));
}

double unit(std::uint64_t hash) { return static_cast<double>(hash >> 11U) * 0x1.0p-53; }

class Tides {
 public:
  using Message = pel::Message<std::uint64_t, double, std::plus<>>;
  using Aggregate = pel::Both<pel::Sum<double>, Highest>;

  Tides(Shore const& shore, std::uint64_t words, pel::Partition part)
      : shore_(shore), part_(part), level_(share(shore.cells), unit(words)) {}

  pel::Vote superstep(pel::Superstep<Tides>& step) {
    if (part_.index() == 0) std::this_thread::sleep_for(pause());
    if (step.number() == 0) lay_ground();
    for (auto const& [key, value] : step.inbox()) tally_["from " + std::to_string(key)] += value;
    auto random = step.random();
    rise(step.aggregate(), random);
    step.contribute({{height_}, {count_}});
    if (step.number() == last_superstep) return pel::Vote::halt;
    flow(step, random);
    // Partition 0 keeps the job alive; the others sleep now and then, and mail wakes them.
    return part_.index() == 0 || (count_ + static_cast<std::uint64_t>(step.number())) % 3 == 0 ? pel::Vote::go_on
                                                                                               : pel::Vote::halt;
  }

  void serialize(auto& archive, unsigned) {
    pel::fields(archive, "level", level_, "marks", marks_, "count", count_, "height", height_, "tally", tally_,
                "ground", ground_);
    if (shore_.extra) pel::fields(archive, "extra", extra_);
  }

  void write(pel::Output& out) const {
    double sum = height_;
    for (auto const& [name, value] : tally_) sum += value * static_cast<double>(name.size());
    std::uint64_t bits = shore_.extra ? extra_ : 0;
    auto const mix = [&](auto const& values) {
      for (auto const& value : values) bits = pel::base::mix64(bits ^ std::bit_cast<std::uint64_t>(value));
    };
    mix(level_);
    mix(marks_);
    mix(ground_);
    out.column("count", std::vector{count_}).column("sum", std::vector{sum}).column("bits", std::vector{bits});
  }

 private:
  // How many of n things are this partition's.
  [[nodiscard]] std::size_t share(std::uint64_t n) const { return pel::Block(n, part_.count).size(part_.id); }

  void lay_ground() {
    ground_.resize(share(shore_.constant));
    for (std::size_t i = 0; i < ground_.size(); ++i) ground_[i] = unit(pel::base::mix64(i + 1000 * part_.index()));
  }

  void rise(Aggregate const& all, pel::Random& random) {
    count_ = pel::base::mix64(count_ ^ random() ^ all.second.value);
    height_ = 0.5 * height_ + 1e-3 * all.first.value + random.uniform();
    for (auto const& [name, value] : tally_) height_ += 1e-6 * value;
    for (std::size_t i = 0; i < level_.size(); ++i)
      level_[i] = 0.75 * level_[i] + height_ * unit(pel::base::mix64(count_ + i));
    if (!ground_.empty()) height_ += ground_[count_ % ground_.size()];
    marks_.push_back({static_cast<std::int32_t>(count_ % 1000), static_cast<std::int32_t>(marks_.size())});
    extra_ += count_ % 7;
  }

  void flow(pel::Superstep<Tides>& step, pel::Random& random) {
    for (std::uint64_t i = 0; i <= count_ % 4; ++i)
      step.send(pel::partition_id(random.below(part_.count)), random.below(9), random.uniform());
  }

  Shore shore_;
  pel::Partition part_;
  std::vector<double> level_, ground_;
  std::vector<std::array<std::int32_t, 2>> marks_;
  std::uint64_t count_ = 0, extra_ = 0;
  double height_ = 0;
  std::map<std::string, double> tally_;
};

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Twelve supersteps of everything that a checkpoint must keep.");
    Shore shore;
    shore.cells = job.option("cells", std::uint64_t{500}, "cells of the job");
    shore.constant = job.option("constant", std::uint64_t{0}, "numbers of the job that never change");
    shore.extra = std::getenv("TIDES_EXTRA_FIELD") != nullptr;  // NOLINT(concurrency-mt-unsafe): nobody sets it
    auto const text = pel::open_text(job, job.inputs("input", "a text", "text:bytes=2K"));
    auto const total = job.run([&](pel::Partition p) {
      std::uint64_t words = 0;
      for (auto const line : pel::lines(text, p)) words = pel::base::mix64(words ^ pel::base::hash_text(line));
      return Tides(shore, words, p);
    });
    job.say(std::to_string(total.first.value));
  });
}
