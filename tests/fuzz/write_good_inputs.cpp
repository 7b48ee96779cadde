// Writes good inputs of every decoder as files, for the fuzzer to begin with.
//
// usage: write_good_inputs FOLDER

#include <cstdio>
#include <fstream>
#include <string>

#include "tests/fuzz/decode_input.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write_good_inputs FOLDER\n", stderr);
    return 2;
  }
  int number = 0;
  for (const sluice::Bytes& input : sluice::fuzz::good_inputs()) {
    std::ofstream file(std::string(argv[1]) + "/good-" + std::to_string(number++),
                       std::ios::binary);
    file.write(reinterpret_cast<const char*>(input.data()),
               static_cast<std::streamsize>(input.size()));
    if (!file.good()) return 1;
  }
  return 0;
}
