#pragma once
// What batch.cpp and events.cpp share of FlatBuffers. Only those two see the library.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <chunk/wire_generated.h>

#include <flatbuffers/flatbuffers.h>

#include "core/chunk.hpp"

namespace sluice::chunk {

// FlatBuffers reads numbers where they lie, and its verifier counts alignment from the beginning of
// the buffer, so that beginning has to be aligned for the widest number. Input seldom is.
class AlignedBuffer {
 public:
  explicit AlignedBuffer(std::span<const std::byte> bytes);

  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(words_.data()); }
  std::size_t size() const { return size_; }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_;
};

// The verifier with limits by what we write: tables lie two deep, and there are at most
// `tables_max` of them. REQUIRES: `buffer` outlives the verifier.
flatbuffers::Verifier verifier_of(const AlignedBuffer& buffer, std::size_t tables_max);

wire::RunId to_wire(const RunId& run);
RunId from_wire(const wire::RunId& run);

}  // namespace sluice::chunk
