#include "bfs.hpp"

int main(int argc, char* argv[]) { return pel::main(argc, argv, bfs); }
