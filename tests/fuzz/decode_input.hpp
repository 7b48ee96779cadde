#pragma once
// What a fuzzer, and a test with a corpus of its own, do with the decoders: any bytes at all go
// in, and what comes out has to be in order. Ends the program where it is not.

#include <cstddef>
#include <span>
#include <vector>

#include "core/chunk.hpp"

namespace sluice::fuzz {

// The first byte says which decoder gets the rest. In front of a chunk's bytes stand fields of its
// header; its checksum, and that of a frame, are made right, as those of a hostile encoder would
// be.
void decode_input(std::span<const std::byte> input);

// Good inputs of every decoder, to begin with.
std::vector<Bytes> good_inputs();

}  // namespace sluice::fuzz
