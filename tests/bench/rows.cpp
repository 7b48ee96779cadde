#include <bit>
#include <cstring>

#include <bench/rows_generated.h>

#include <flatbuffers/flatbuffers.h>
#include <zstd.h>

#include "core/check.hpp"
#include "tests/bench/format.hpp"

namespace sluice::bench {
namespace {

// Higher levels gain next to nothing on rows and cost far more.
constexpr int kZstdLevel = 9;

Bytes encode_flatbuffers(const Group& group) {
  std::vector<wire::Row> rows;
  rows.reserve(group.arrived.size());
  for (const Reading& reading : group.arrived) {
    rows.emplace_back(to_ns(reading.time), reading.value, index_of(reading.channel),
                      static_cast<std::uint8_t>(reading.quality));
  }
  flatbuffers::FlatBufferBuilder builder;
  const auto gateway = builder.CreateString(kGatewayId.data(), kGatewayId.size());
  const auto run = builder.CreateVector(kRun.bytes.data(), kRun.bytes.size());
  builder.Finish(wire::CreateRows(builder, gateway, run,
                                  builder.CreateVectorOfStructs(rows.data(), rows.size())));
  Bytes out(ZSTD_compressBound(builder.GetSize()));
  const std::size_t size = ZSTD_compress(out.data(), out.size(), builder.GetBufferPointer(),
                                         builder.GetSize(), kZstdLevel);
  CHECK(ZSTD_isError(size) == 0);
  out.resize(size);
  return out;
}

std::vector<Reading> decode_flatbuffers(std::span<const std::byte> payload,
                                        std::span<const DeclaredChannel> /*declared*/) {
  std::vector<std::byte> buffer(ZSTD_getFrameContentSize(payload.data(), payload.size()));
  const std::size_t size =
      ZSTD_decompress(buffer.data(), buffer.size(), payload.data(), payload.size());
  CHECK(size == buffer.size());
  std::vector<Reading> readings;
  const auto& rows = *flatbuffers::GetRoot<wire::Rows>(buffer.data())->rows();
  readings.reserve(rows.size());
  for (const wire::Row* row : rows) {
    readings.push_back({instant_from_ns(row->time_ns()), row->value(),
                        static_cast<ChannelId>(row->channel()),
                        static_cast<Quality>(row->quality())});
  }
  return readings;
}

constexpr std::size_t kRowBytes = sizeof(std::int64_t) + sizeof(double) + sizeof(ChannelId) + 1;

Bytes encode_raw(const Group& group) {
  Bytes out(sizeof(kRun) + group.arrived.size() * kRowBytes);
  std::byte* to = out.data();
  const auto append = [&](const auto& field) {
    std::memcpy(to, &field, sizeof(field));
    to += sizeof(field);
  };
  append(kRun);
  for (const Reading& reading : group.arrived) {
    append(reading.time);
    append(reading.value);
    append(reading.channel);
    append(reading.quality);
  }
  return out;
}

std::vector<Reading> decode_raw(std::span<const std::byte> payload,
                                std::span<const DeclaredChannel> /*declared*/) {
  payload = payload.subspan(sizeof(kRun));
  std::vector<Reading> readings(payload.size() / kRowBytes);
  const std::byte* from = payload.data();
  const auto take = [&](auto& field) {
    std::memcpy(&field, from, sizeof(field));
    from += sizeof(field);
  };
  for (Reading& reading : readings) {
    take(reading.time);
    take(reading.value);
    take(reading.channel);
    take(reading.quality);
  }
  return readings;
}

}  // namespace

Format row_zstd() {
  return {"FlatBuffers rows + zstd", Order::kArrival, encode_flatbuffers, decode_flatbuffers};
}

Format raw_rows() {
  return {"raw rows", Order::kArrival, encode_raw, decode_raw};
}

}  // namespace sluice::bench
