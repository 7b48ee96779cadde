#include "chunk/events.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "chunk/batch.hpp"
#include "chunk/event_wire.hpp"
#include "chunk/wire.hpp"
#include "core/check.hpp"

namespace sluice::chunk {
namespace {

// First byte of a chunk of events; a FlatBuffers table Events follows.
constexpr std::uint8_t kFormat = 1;

// Of an event with three texts: each with its length, its zero and padding, and 64 for the table.
constexpr std::size_t kEventBytesMax = 3 * (kEventTextMax + 8) + 64;
constexpr std::size_t kEventChunkBytesMax = kEventsMax * kEventBytesMax + 64;
static_assert(kEventChunkBytesMax <= kBatchBytesMax / 8 * 7);

Error corrupt(const char* what) {
  return Error{ErrorCode::kCorrupt, std::string("a chunk of events is damaged: ") + what};
}

struct Span {
  Instant first;
  Instant last;
  bool operator==(const Span&) const = default;
};

Span span_of(std::span<const Event> events) {
  const auto [first, last] =
      std::minmax_element(events.begin(), events.end(),
                          [](const Event& a, const Event& b) { return time_of(a) < time_of(b); });
  return {time_of(*first), time_of(*last)};
}

}  // namespace

SealedChunk encode_events(std::span<const Event> events) {
  CHECK(!events.empty() && events.size() <= kEventsMax);
  flatbuffers::FlatBufferBuilder builder;
  std::vector<wire::Body> kinds;
  std::vector<flatbuffers::Offset<void>> bodies;
  for (const Event& event : events) {
    CHECK(is_meaningful(event));
    const auto [kind, body] = append_event(builder, event);
    kinds.push_back(kind);
    bodies.push_back(body);
  }
  const auto bodies_at = builder.CreateVector(bodies);
  const auto kinds_at = builder.CreateVector(kinds);
  builder.Finish(wire::CreateEvents(builder, kinds_at, bodies_at));

  SealedChunk sealed;
  sealed.stream = Stream::kEvent;
  sealed.count = static_cast<std::uint32_t>(events.size());
  sealed.urgent = std::any_of(events.begin(), events.end(), [](const Event& event) {
    return std::holds_alternative<AlertEvent>(event);
  });
  sealed.names = std::any_of(events.begin(), events.end(), [](const Event& event) {
    return std::holds_alternative<ChannelDeclared>(event) ||
           std::holds_alternative<AlertDeclared>(event);
  });
  const Span span = span_of(events);
  sealed.first = span.first;
  sealed.last = span.last;
  const auto* const begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  sealed.bytes.reserve(1 + builder.GetSize());
  sealed.bytes.push_back(std::byte{kFormat});
  sealed.bytes.insert(sealed.bytes.end(), begin, begin + builder.GetSize());
  return sealed;
}

Result<std::vector<Event>> decode_events(const Chunk& chunk) {
  const ChunkHeader& header = chunk.header;
  if (chunk.bytes.size() > kEventChunkBytesMax) return corrupt("it is too large");
  if (checksum_of(header, chunk.bytes) != header.crc) return corrupt("its checksum is wrong");
  if (header.key.stream != Stream::kEvent || header.channel != kNoChannel) {
    return corrupt("it is of another stream");
  }
  if (header.count < 1 || header.count > kEventsMax) return corrupt("its count is out of range");
  if (chunk.bytes.empty() || chunk.bytes.front() != std::byte{kFormat}) {
    return corrupt("its format is unknown");
  }

  const AlignedBuffer buffer(std::span(chunk.bytes).subspan(1));
  flatbuffers::Verifier verifier = verifier_of(buffer, header.count + std::size_t{1});
  if (!verifier.VerifyBuffer<wire::Events>()) return corrupt("its structure is wrong");
  const auto& wire = *flatbuffers::GetRoot<wire::Events>(buffer.data());
  if (wire.events()->size() != header.count) return corrupt("its count is wrong");

  std::vector<Event> events;
  events.reserve(header.count);
  for (flatbuffers::uoffset_t i = 0; i < header.count; ++i) {
    std::optional<Event> event =
        read_event(wire.events_type()->GetEnum<wire::Body>(i), wire.events()->Get(i));
    if (!event || !is_meaningful(*event)) return corrupt("an event makes no sense");
    events.push_back(std::move(*event));
  }
  if (span_of(events) != Span{header.first, header.last}) return corrupt("its times are wrong");
  return events;
}

}  // namespace sluice::chunk
