// The entry that libFuzzer calls. Built where the compiler is clang:
//
//   cmake --preset host-fuzz && cmake --build --preset host-fuzz
//   build/host-fuzz/tests/fuzz/decode_fuzz -max_total_time=60
//
// With a folder it begins with the files in there; `write_good_inputs FOLDER` fills one.

#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/fuzz/decode_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::fuzz::decode_input(std::as_bytes(std::span(data, size)));
  return 0;
}
