#include "chunk/batch.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "chunk/bits.hpp"
#include "chunk/header_columns.hpp"
#include "chunk/wire.hpp"
#include "core/check.hpp"
#include "core/checksum.hpp"

namespace sluice::chunk {
namespace {

constexpr unsigned kVersion = 2;

// A letter is its place in here.
constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
constexpr unsigned kLetterBits = 6;
static_assert(kLetters.size() == 1U << kLetterBits && kGatewayIdMax == kLetters.size());

Error corrupt(const char* what) {
  return Error{ErrorCode::kCorrupt, std::string("a batch is damaged: ") + what};
}

bool is_gateway_id(std::string_view text) {
  return !text.empty() && text.size() <= kGatewayIdMax &&
         text.find_first_not_of(kLetters) == std::string_view::npos;
}

void put_gateway(BitWriter& out, std::string_view gateway) {
  out.put(gateway.size() - 1, kLetterBits);
  for (const char letter : gateway) out.put(kLetters.find(letter), kLetterBits);
}

std::string take_gateway(BitReader& in) {
  std::string gateway(static_cast<std::size_t>(in.take(kLetterBits)) + 1, '\0');
  for (char& letter : gateway) letter = kLetters[static_cast<std::size_t>(in.take(kLetterBits))];
  return gateway;
}

// Of the gateway's id, then of the checksums of the chunks, each of which covers a whole chunk,
// then of the mark.
std::uint32_t checksum_of(std::string_view gateway, std::span<const Chunk> chunks,
                          Backlog backlog) {
  std::uint32_t crc = crc32(std::as_bytes(std::span(gateway)));
  for (const Chunk& chunk : chunks) {
    crc = crc32(std::as_bytes(std::span(&chunk.header.crc, 1)), crc);
  }
  constexpr std::array kMark{std::byte{1}};
  return backlog == Backlog::kYes ? crc32(kMark, crc) : crc;
}

std::size_t shared_bytes(std::span<const std::byte> a, std::span<const std::byte> b) {
  const auto end = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
  return static_cast<std::size_t>(end - a.begin());
}

// Chunks from their headers and what of their bytes is not shared. Together they are no larger than
// a batch may be, however much they share.
Result<std::vector<Chunk>> rebuild(std::span<const PackedHeader> headers, const RunId& run,
                                   Stream stream, std::span<const std::byte> bytes) {
  std::vector<Chunk> chunks;
  chunks.reserve(headers.size());
  std::size_t left = kBatchBytesMax;
  for (const PackedHeader& packed : headers) {
    const Bytes none;
    const Bytes& before = chunks.empty() ? none : chunks.back().bytes;
    if (packed.shared > before.size() || packed.own > bytes.size() ||
        packed.shared + packed.own > left) {
      return corrupt("a chunk lies outside the payload");
    }
    left -= packed.shared + packed.own;
    Chunk chunk{packed.header, {}};
    chunk.header.key.run = run;
    chunk.header.key.stream = stream;
    chunk.bytes.reserve(packed.shared + packed.own);
    chunk.bytes.assign(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(packed.shared));
    const auto own = bytes.first(packed.own);
    chunk.bytes.insert(chunk.bytes.end(), own.begin(), own.end());
    bytes = bytes.subspan(packed.own);
    chunk.header.crc = sluice::checksum_of(chunk.header, chunk.bytes);
    chunks.push_back(std::move(chunk));
  }
  if (!bytes.empty()) return corrupt("bytes follow its last chunk");
  return chunks;
}

Bytes finish(const RunId& run, std::span<const std::byte> payload) {
  flatbuffers::FlatBufferBuilder builder(payload.size() + 128);
  const wire::RunId run_at = to_wire(run);
  const auto payload_at =
      builder.CreateVector(reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size());
  builder.Finish(wire::CreateBatch(builder, &run_at, payload_at));
  // The payload lies at the end, and nothing needs the padding behind it.
  const std::size_t padding = (4 - payload.size() % 4) % 4;
  const auto* const begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  const std::size_t size = builder.GetSize() - padding;
  CHECK(size <= kBatchBytesMax);
  return Bytes(begin, begin + size);
}

}  // namespace

Bytes encode_batch(std::string_view gateway, std::span<const Chunk> chunks, Backlog backlog) {
  CHECK(is_gateway_id(gateway));
  CHECK(!chunks.empty() && chunks.size() <= kChunksPerBatchMax);
  const ChunkKey& key = chunks.front().header.key;
  std::vector<PackedHeader> headers;
  Bytes bodies;
  headers.reserve(chunks.size());
  std::span<const std::byte> before;
  for (const Chunk& chunk : chunks) {
    CHECK(chunk.header.key.run == key.run && chunk.header.key.stream == key.stream);
    const std::size_t shared = shared_bytes(chunk.bytes, before);
    headers.push_back({chunk.header, shared, chunk.bytes.size() - shared});
    bodies.insert(bodies.end(), chunk.bytes.begin() + static_cast<std::ptrdiff_t>(shared),
                  chunk.bytes.end());
    before = chunk.bytes;
  }
  BitWriter bits;
  bits.put(kVersion, 4);
  bits.put(static_cast<unsigned>(key.stream), 3);
  bits.put(backlog == Backlog::kYes ? 1 : 0, 1);
  bits.put(checksum_of(gateway, chunks, backlog), 32);
  put_gateway(bits, gateway);
  append_headers(bits, headers);
  Bytes payload = bits.take();
  payload.insert(payload.end(), bodies.begin(), bodies.end());
  return finish(key.run, payload);
}

Result<Batch> decode_batch(std::span<const std::byte> message) {
  if (message.size() > kBatchBytesMax) return corrupt("it is too large");
  const AlignedBuffer buffer(message);
  flatbuffers::Verifier verifier = verifier_of(buffer, 1);
  if (!wire::VerifyBatchBuffer(verifier)) return corrupt("its structure is wrong");
  const wire::Batch& wire = *wire::GetBatch(buffer.data());
  const std::span payload(reinterpret_cast<const std::byte*>(wire.payload()->data()),
                          wire.payload()->size());
  BitReader bits(payload);
  if (bits.take(4) != kVersion) return corrupt("its version is unknown");
  const std::uint64_t stream = bits.take(3);
  if (stream >= kStreamCount) return corrupt("its stream is unknown");
  const Backlog backlog = bits.take(1) != 0 ? Backlog::kYes : Backlog::kNo;
  const auto crc = static_cast<std::uint32_t>(bits.take(32));
  std::string gateway = take_gateway(bits);
  const std::vector<PackedHeader> headers = take_headers(bits, kChunksPerBatchMax);
  if (headers.empty()) return corrupt("its headers make no sense");
  Result<std::vector<Chunk>> chunks =
      rebuild(headers, from_wire(*wire.run()), static_cast<Stream>(stream), bits.rest());
  if (!chunks.ok()) return chunks.error();
  if (checksum_of(gateway, *chunks, backlog) != crc) return corrupt("its checksum is wrong");
  return Batch{std::move(gateway), std::move(*chunks), backlog == Backlog::kYes};
}

}  // namespace sluice::chunk
