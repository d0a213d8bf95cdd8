// A kernel that gives no result.
#include <pel/pel.hpp>

namespace {

class Kernel {
 public:
  using Message = pel::Message<std::int64_t, double, std::plus<>>;
  using Aggregate = pel::Sum<double>;
  pel::Vote superstep(pel::Superstep<Kernel>& step) {
    for (auto const& [key, value] : step.inbox()) state_.push_back(value);
    if (step.number() < 3) step.send(pel::PartitionId{0}, step.number(), 1.0);
    step.contribute({1.0});
    return pel::Vote::halt;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "state", state_); }
#ifndef PEL_BAD
  void write(pel::Output& out) const { out.column("state", state_); }
#endif

 private:
  std::vector<double> state_;
};

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) { job.run([](pel::Partition) { return Kernel(); }); });
}
