// A message whose key is not that of the kernel's Message.
#include <pel/pel.hpp>

namespace {

class Kernel {
 public:
  using Message = pel::Message<std::string, double, std::plus<>>;
  using Aggregate = pel::Sum<double>;
  pel::Vote superstep(pel::Superstep<Kernel>& step) {
#ifdef PEL_BAD
    step.send(pel::PartitionId{0}, step.number(), 1.0);
#else
    step.send(pel::PartitionId{0}, std::to_string(step.number()), 1.0);
#endif
    return pel::Vote::halt;
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
