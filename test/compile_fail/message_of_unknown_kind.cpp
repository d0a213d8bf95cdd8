// A kernel whose Message is a type of its own.
#include <pel/pel.hpp>

namespace {

class Kernel {
 public:
#ifdef PEL_BAD
  using Message = std::pair<int, double>;
#else
  using Message = pel::NoMessage;
#endif
  using Aggregate = pel::Sum<double>;
  pel::Vote superstep(pel::Superstep<Kernel>& step) {
    step.contribute({1.0});
    return step.number() < 3 ? pel::Vote::go_on : pel::Vote::halt;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "state", state_); }
  void write(pel::Output& out) const { out.column("state", state_); }

 private:
  std::vector<double> state_;
};

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) { job.run([](pel::Partition) { return Kernel(); }); });
}
