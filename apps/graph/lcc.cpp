#include "lcc.hpp"

int main(int argc, char* argv[]) { return pel::main(argc, argv, lcc); }
