#include "sssp.hpp"

int main(int argc, char* argv[]) { return pel::main(argc, argv, sssp); }
