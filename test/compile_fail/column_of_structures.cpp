// A column of values that are neither numbers nor texts.
#include <pel/pel.hpp>

namespace {

struct Point {
  double x, y;
};

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
#ifdef PEL_BAD
  void write(pel::Output& out) const { out.column("state", std::vector<Point>{{1, 2}}); }
#else
  void write(pel::Output& out) const { out.column("state", std::vector<std::array<double, 2>>{{1, 2}}); }
#endif

 private:
  std::vector<double> state_;
};

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) { job.run([](pel::Partition) { return Kernel(); }); });
}
