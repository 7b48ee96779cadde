#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "chunk/batch.hpp"
#include "chunk/events.hpp"
#include "chunk/readings.hpp"
#include "chunk/rejected.hpp"
#include "chunk/rollups.hpp"
#include "core/event_text.hpp"

namespace sluice::app {
namespace {

Result<Bytes> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::kNotFound, "cannot open " + path};
  Bytes bytes;
  for (auto it = std::istreambuf_iterator<char>(file); it != std::istreambuf_iterator<char>();
       ++it) {
    if (bytes.size() == chunk::kBatchBytesMax) {
      return Error{ErrorCode::kInvalid, path + " is larger than any batch"};
    }
    bytes.push_back(static_cast<std::byte>(*it));
  }
  return bytes;
}

void print_header(const Chunk& chunk) {
  const ChunkHeader& header = chunk.header;
  std::printf("chunk %s %s %" PRIu64 ": ", to_hex(header.key.run).c_str(),
              std::string(name_of(header.key.stream)).c_str(), header.key.seq);
  if (header.channel != kNoChannel) std::printf("channel %u, ", index_of(header.channel));
  std::printf("%u records, %zu bytes, crc %08x\n", header.count, chunk.bytes.size(), header.crc);
}

void print_reading(const Reading& reading) {
  std::printf("  %" PRId64 " %.17g %s", to_ns(reading.time), reading.value,
              std::string(name_of(reading.quality)).c_str());
}

Result<> print_events(const Chunk& chunk) {
  const Result<std::vector<Event>> events = chunk::decode_events(chunk);
  if (!events.ok()) return events.error();
  for (const Event& event : *events) std::printf("  %s\n", describe(event).c_str());
  return Ok{};
}

Result<> print_readings(const Chunk& chunk) {
  const Result<std::vector<Reading>> readings = chunk::decode_readings(chunk);
  if (!readings.ok()) return readings.error();
  for (const Reading& reading : *readings) {
    print_reading(reading);
    std::printf("\n");
  }
  return Ok{};
}

Result<> print_rejected(const Chunk& chunk) {
  const Result<std::vector<chunk::Rejected>> rejected = chunk::decode_rejected(chunk);
  if (!rejected.ok()) return rejected.error();
  for (const chunk::Rejected& one : *rejected) {
    print_reading(one.reading);
    std::printf(", reason %u\n", one.reason);
  }
  return Ok{};
}

Result<> print_rollups(const Chunk& chunk) {
  const Result<std::vector<Rollup>> rollups = chunk::decode_rollups(chunk);
  if (!rollups.ok()) return rollups.error();
  for (const Rollup& rollup : *rollups) {
    const Summary& summary = rollup.summary;
    std::printf("  %" PRId64 " for %" PRId64 ", revision %" PRIu32 ", %" PRIu64 " good of %" PRIu64,
                to_ns(rollup.begin), to_ns(rollup.length), rollup.revision, summary.count(),
                summary.readings());
    if (summary.count() > 0) {
      std::printf(", min %.17g, mean %.17g, max %.17g", summary.min(), summary.mean(),
                  summary.max());
    }
    std::printf("\n");
  }
  return Ok{};
}

// One line per record. NaN payloads and -0.0 are shown by tools/sluice_decode.py; here people read.
Result<> print_records(const Chunk& chunk) {
  switch (chunk.header.key.stream) {
    case Stream::kEvent:
      return print_events(chunk);
    case Stream::kRollup:
      return print_rollups(chunk);
    case Stream::kRaw:
      return print_readings(chunk);
    case Stream::kRejected:
      return print_rejected(chunk);
  }
  return Ok{};
}

}  // namespace

DecodeCommand::DecodeCommand(CLI::App& program)
    : command_(program.add_subcommand("decode",
                                      "Show what is inside a batch, as it came from the "
                                      "broker")) {
  command_->add_option("FILE", file_, "File that holds the payload of one batch")->required();
}

bool DecodeCommand::chosen() const {
  return command_->parsed();
}

int DecodeCommand::run() {
  const Result<Bytes> bytes = read_file(file_);
  if (!bytes.ok()) {
    std::fprintf(stderr, "sluice: %s\n", bytes.error().message.c_str());
    return kWrongUse;
  }
  const Result<chunk::Batch> batch = chunk::decode_batch(*bytes);
  if (!batch.ok()) {
    std::fprintf(stderr, "sluice: %s: %s\n", file_.c_str(), batch.error().message.c_str());
    return kFailed;
  }
  std::printf("batch of gateway %s, %zu chunks, %zu bytes%s\n", batch->gateway.c_str(),
              batch->chunks.size(), bytes->size(), batch->backlog ? ", backlog" : "");
  for (const Chunk& chunk : batch->chunks) {
    print_header(chunk);
    if (Result<> printed = print_records(chunk); !printed.ok()) {
      std::fprintf(stderr, "sluice: %s\n", printed.error().message.c_str());
      return kFailed;
    }
  }
  return kDone;
}

}  // namespace sluice::app
