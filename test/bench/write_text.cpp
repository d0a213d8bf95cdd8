// Writes the text of a generator, which inputs may name, to a file: for programs that read files alone.
//   write_text text:bytes=200M,seed=1 FILE
#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

#include "data/generated_text.hpp"

int main(int argc, char* argv[]) {
  if (argc != 3) {
    std::cerr << "usage: write_text text:bytes=200M,seed=1 FILE\n";
    return 64;
  }
  try {
    auto const text = pel::data::GeneratedText::parse(argv[1]);
    std::ofstream file(argv[2], std::ios::binary);
    std::string block;
    for (std::uint64_t number = 0; number < text.blocks() && file; ++number) {
      block.clear();
      text.append_block(number, block);
      file.write(block.data(), static_cast<std::streamsize>(block.size()));
    }
    file.close();
    if (file) return 0;
    std::cerr << argv[2] << ": cannot be written\n";
    return 74;
  } catch (std::exception const& error) {
    std::cerr << error.what() << '\n';
    return 64;
  }
}
