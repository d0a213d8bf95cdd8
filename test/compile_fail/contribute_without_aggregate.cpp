// A kernel that contributes, and says that it aggregates nothing.
#include <pel/pel.hpp>

namespace {

class Kernel {
 public:
  using Message = pel::Message<std::int64_t, double, std::plus<>>;
#ifdef PEL_BAD
  using Aggregate = pel::NoAggregate;
#else
  using Aggregate = pel::Sum<double>;
#endif
  pel::Vote superstep(pel::Superstep<Kernel>& step) {
    step.contribute({});
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
