#include "chunk/batch.hpp"

#include <algorithm>
#include <cstring>

#include "chunk/wire.hpp"
#include "core/check.hpp"

namespace sluice::chunk {
namespace {

constexpr std::uint8_t kVersion = 1;

Error corrupt(const char* what) {
  return Error{ErrorCode::kCorrupt, std::string("a batch is damaged: ") + what};
}

bool is_gateway_id(std::string_view text) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return !text.empty() && text.size() <= kGatewayIdMax &&
         text.find_first_not_of(kLetters) == std::string_view::npos;
}

wire::Header to_wire(const ChunkHeader& header, std::size_t end) {
  return wire::Header(header.key.seq, to_ns(header.first), to_ns(header.last), header.crc,
                      header.count, static_cast<std::uint32_t>(end), index_of(header.channel));
}

// Everything of the header but run and stream, which the batch says once for all.
ChunkHeader from_wire(const wire::Header& wire, const RunId& run, Stream stream) {
  ChunkHeader header;
  header.key = {run, stream, wire.seq()};
  header.channel = static_cast<ChannelId>(wire.channel());
  header.count = wire.count();
  header.first = instant_from_ns(wire.first_ns());
  header.last = instant_from_ns(wire.last_ns());
  header.crc = wire.crc();
  return header;
}

bool is_plausible(const ChunkHeader& header) {
  return header.key.seq >= 1 && header.count >= 1 && header.first <= header.last;
}

Result<std::vector<Chunk>> chunks_of(const wire::Batch& batch, const RunId& run, Stream stream) {
  const flatbuffers::Vector<const wire::Header*>& headers = *batch.headers();
  const std::span payload(reinterpret_cast<const std::byte*>(batch.payload()->data()),
                          batch.payload()->size());
  if (headers.size() < 1 || headers.size() > kChunksPerBatchMax) {
    return corrupt("its number of chunks is out of range");
  }
  std::vector<Chunk> chunks;
  chunks.reserve(headers.size());
  std::size_t begin = 0;
  for (flatbuffers::uoffset_t i = 0; i < headers.size(); ++i) {
    // Copied out: the verifier does not check that a vector of structs is aligned for them.
    wire::Header header;
    std::memcpy(&header, headers.Data() + i * sizeof(header), sizeof(header));
    const std::size_t end = header.end();
    // Each chunk follows the one before, so that together they cost no more than the payload.
    if (end < begin || end > payload.size()) return corrupt("a chunk lies outside the payload");
    const std::span bytes = payload.subspan(begin, end - begin);
    begin = end;
    Chunk chunk{from_wire(header, run, stream), Bytes(bytes.begin(), bytes.end())};
    if (!is_plausible(chunk.header)) return corrupt("a chunk header makes no sense");
    if (checksum_of(chunk.header, chunk.bytes) != chunk.header.crc) {
      return corrupt("the checksum of a chunk is wrong");
    }
    chunks.push_back(std::move(chunk));
  }
  if (begin != payload.size()) return corrupt("bytes follow its last chunk");
  return chunks;
}

}  // namespace

Bytes encode_batch(std::string_view gateway, std::span<const Chunk> chunks) {
  CHECK(is_gateway_id(gateway));
  CHECK(!chunks.empty() && chunks.size() <= kChunksPerBatchMax);
  const ChunkKey& key = chunks.front().header.key;
  std::vector<wire::Header> headers;
  Bytes payload;
  headers.reserve(chunks.size());
  for (const Chunk& chunk : chunks) {
    CHECK(chunk.header.key.run == key.run && chunk.header.key.stream == key.stream);
    payload.insert(payload.end(), chunk.bytes.begin(), chunk.bytes.end());
    headers.push_back(to_wire(chunk.header, payload.size()));
  }
  CHECK(payload.size() <= kBatchBytesMax);

  flatbuffers::FlatBufferBuilder builder(payload.size() + headers.size() * sizeof(wire::Header) +
                                         256);
  const wire::RunId run = chunk::to_wire(key.run);
  const auto payload_at =
      builder.CreateVector(reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size());
  const auto headers_at = builder.CreateVectorOfStructs(headers);
  const auto gateway_at = builder.CreateString(gateway.data(), gateway.size());
  wire::FinishBatchBuffer(
      builder, wire::CreateBatch(builder, kVersion, static_cast<std::uint8_t>(key.stream), &run,
                                 gateway_at, headers_at, payload_at));
  const auto* const begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  CHECK(builder.GetSize() <= kBatchBytesMax);
  return Bytes(begin, begin + builder.GetSize());
}

Result<Batch> decode_batch(std::span<const std::byte> payload) {
  if (payload.size() > kBatchBytesMax) return corrupt("it is too large");
  const AlignedBuffer buffer(payload);
  flatbuffers::Verifier verifier = verifier_of(buffer, 1);
  if (!wire::VerifyBatchBuffer(verifier)) return corrupt("its structure is wrong");
  const wire::Batch& wire = *wire::GetBatch(buffer.data());
  if (wire.version() != kVersion) return corrupt("its version is unknown");
  if (wire.stream() >= kStreamCount) return corrupt("its stream is unknown");
  const std::string_view gateway(wire.gateway()->c_str(), wire.gateway()->size());
  if (!is_gateway_id(gateway)) return corrupt("its gateway id is not one");

  const RunId run = chunk::from_wire(*wire.run());
  Result<std::vector<Chunk>> chunks = chunks_of(wire, run, static_cast<Stream>(wire.stream()));
  if (!chunks.ok()) return chunks.error();
  return Batch{std::string(gateway), std::move(*chunks)};
}

}  // namespace sluice::chunk
