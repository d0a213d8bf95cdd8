// Records whose bytes are not all part of a value.
#include <pel/dataset.hpp>

struct Record {
#ifdef PEL_BAD
  std::uint32_t number;
#else
  std::uint64_t number;
#endif
  std::uint64_t value;
};

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    pel::generate<Record>(job, 10, [](std::uint64_t) { return Record{1, 2}; }).write_records(job.output());
  });
}
