// An aggregate that does not fold.
#include <pel/pel.hpp>

namespace {

struct Longest {
  std::uint64_t length = 0;
#ifndef PEL_BAD
  Longest& operator+=(Longest const& other) {
    length = std::max(length, other.length);
    return *this;
  }
#endif
};

class Kernel {
 public:
  using Message = pel::Message<std::int64_t, double, std::plus<>>;
  using Aggregate = Longest;
  pel::Vote superstep(pel::Superstep<Kernel>& step) {
    step.contribute({state_.size()});
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
