// A superstep that does not vote.
#include <pel/pel.hpp>

namespace {

class Kernel {
 public:
  using Message = pel::Message<std::int64_t, double, std::plus<>>;
  using Aggregate = pel::Sum<double>;
#ifdef PEL_BAD
  void superstep(pel::Superstep<Kernel>& step) { step.contribute({1.0}); }
#else
  pel::Vote superstep(pel::Superstep<Kernel>& step) {
    step.contribute({1.0});
    return pel::Vote::halt;
  }
#endif
  void serialize(auto& archive, unsigned) { pel::fields(archive, "state", state_); }
  void write(pel::Output& out) const { out.column("state", state_); }

 private:
  std::vector<double> state_;
};

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) { job.run([](pel::Partition) { return Kernel(); }); });
}
