// Elements that look at a line which is gone when they are used: two words of it.
#include <pel/dataset.hpp>

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    (void)pel::read_lines(job, {"text"})
        .map([](std::string_view line) {
#ifdef PEL_BAD
          return std::array<std::string_view, 2>{line, line};
#else
          return pel::Entry<std::string_view, std::string_view>{line, line};
#endif
        })
        .size();
  });
}
