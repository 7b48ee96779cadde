#include "chunk/wire.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::chunk {

AlignedBuffer::AlignedBuffer(std::span<const std::byte> bytes)
    : words_(bytes.size() / sizeof(std::uint64_t) + 1), size_(bytes.size()) {
  if (!bytes.empty()) std::memcpy(words_.data(), bytes.data(), bytes.size());
}

flatbuffers::Verifier verifier_of(const AlignedBuffer& buffer, std::size_t tables_max) {
  flatbuffers::Verifier::Options limits;
  limits.max_depth = 2;
  limits.max_tables = static_cast<flatbuffers::uoffset_t>(tables_max);
  return flatbuffers::Verifier(buffer.data(), buffer.size(), limits);
}

wire::RunId to_wire(const RunId& run) {
  return wire::RunId(flatbuffers::span<const std::uint8_t, 16>(run.bytes.data(), run.bytes.size()));
}

RunId from_wire(const wire::RunId& run) {
  RunId out;
  std::copy(run.bytes()->begin(), run.bytes()->end(), out.bytes.begin());
  return out;
}

}  // namespace sluice::chunk
