// A kernel that reads its inbox, and says that it has none.
#include <pel/pel.hpp>

namespace {

class Kernel {
 public:
#ifdef PEL_BAD
  using Message = pel::NoMessage;
#else
  using Message = pel::Message<std::int64_t, double, std::plus<> >;
#endif
  using Aggregate = pel::Sum<double>;
  pel::Vote superstep(pel::Superstep<Kernel>& step) {
    return step.inbox().empty() ? pel::Vote::halt : pel::Vote::go_on;
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
