#include "collector/export.hpp"

#include <array>
#include <charconv>
#include <span>
#include <utility>
#include <vector>

#include "chunk/readings.hpp"
#include "collector/catalogue.hpp"
#include "core/chunk.hpp"

namespace sluice::collector {
namespace {

using storage::Row;

// Chunks per page: a page is a read transaction.
constexpr std::int64_t kPageChunks = 64;

struct RunOfGateway {
  std::int64_t row = 0;
  std::int64_t raw_stream_row = 0;
  RunId run;
  std::string gateway;
};

RunId run_id_of(std::span<const std::byte> bytes) {
  RunId run;
  for (std::size_t i = 0; i < run.bytes.size() && i < bytes.size(); ++i) {
    run.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
  }
  return run;
}

class Exporter {
 public:
  Exporter(storage::Connection& connection, const ExportQuery& query,
           const std::function<bool(std::string_view)>& write)
      : connection_(connection), query_(query), write_(write), catalogue_(connection) {}

  Result<ExportTotals> run();

 private:
  Result<std::vector<RunOfGateway>> runs();
  Result<> export_run(const RunOfGateway& run);
  Result<std::vector<Chunk>> page(const RunOfGateway& run, const ChunkHeader* after);
  Result<> export_chunk(const RunOfGateway& run, const Chunk& chunk, const ClockMap& clock);
  bool is_wanted(const std::optional<WallTime>& wall) const;

  storage::Connection& connection_;
  const ExportQuery& query_;
  const std::function<bool(std::string_view)>& write_;
  Catalogue catalogue_;
  ExportTotals totals_;
  bool stopped_ = false;
};

Result<ExportTotals> Exporter::run() {
  const Result<std::vector<RunOfGateway>> found = runs();
  if (!found) return found.error();
  if (query_.format == Format::kCsv) stopped_ = !write_(kCsvHead);
  for (const RunOfGateway& run : *found) {
    if (const Result<> exported = export_run(run); !exported) return exported.error();
  }
  return totals_;
}

Result<std::vector<RunOfGateway>> Exporter::runs() {
  std::vector<RunOfGateway> found;
  const Result<> read = connection_.for_each(
      "SELECT run.id, stream.id, run.run, gateway.name FROM stream "
      "JOIN run ON run.id = stream.run JOIN gateway ON gateway.id = run.gateway "
      "WHERE stream.stream = ? AND (? = '' OR gateway.name = ?) ORDER BY run.id",
      {static_cast<std::int64_t>(Stream::kRaw), query_.gateway, query_.gateway},
      [&found](const Row& row) {
        found.push_back(
            {row.integer(0), row.integer(1), run_id_of(row.blob(2)), std::string(row.text(3))});
        return true;
      });
  if (!read) return read.error();
  return found;
}

Result<> Exporter::export_run(const RunOfGateway& run) {
  const Result<ClockMap> clock = catalogue_.clock(run.row);
  if (!clock) return clock.error();
  Result<std::vector<Chunk>> chunks = page(run, nullptr);
  while (chunks && !chunks->empty()) {
    for (const Chunk& chunk : *chunks) {
      if (stopped_) return Ok{};
      if (Result<> exported = export_chunk(run, chunk, *clock); !exported) return exported;
    }
    const ChunkHeader last = chunks->back().header;
    chunks = page(run, &last);
  }
  if (!chunks) return chunks.error();
  return Ok{};
}

Result<std::vector<Chunk>> Exporter::page(const RunOfGateway& run, const ChunkHeader* after) {
  std::vector<Chunk> chunks;
  const std::int64_t after_ns = after != nullptr ? to_ns(after->first) : to_ns(Instant::min());
  const std::int64_t after_seq = after != nullptr ? storage::to_signed(after->key.seq) : 0;
  const Result<> read = connection_.for_each(
      "SELECT seq, channel, count, first_ns, last_ns, crc, bytes FROM chunk "
      "WHERE stream = ? AND (first_ns, seq) > (?, ?) ORDER BY first_ns, seq LIMIT ?",
      {run.raw_stream_row, after_ns, after_seq, kPageChunks}, [&](const Row& row) {
        Chunk chunk;
        chunk.header.key = {run.run, Stream::kRaw, storage::to_unsigned(row.integer(0))};
        chunk.header.channel = ChannelId{static_cast<std::uint16_t>(row.integer(1))};
        chunk.header.count = static_cast<std::uint32_t>(row.integer(2));
        chunk.header.first = instant_from_ns(row.integer(3));
        chunk.header.last = instant_from_ns(row.integer(4));
        chunk.header.crc = static_cast<std::uint32_t>(row.integer(5));
        const std::span<const std::byte> bytes = row.blob(6);
        chunk.bytes.assign(bytes.begin(), bytes.end());
        chunks.push_back(std::move(chunk));
        return true;
      });
  if (!read) return read.error();
  return chunks;
}

Result<> Exporter::export_chunk(const RunOfGateway& run, const Chunk& chunk,
                                const ClockMap& clock) {
  const Result<Catalogue::Channel> channel = catalogue_.channel(run.row, chunk.header.channel);
  if (!channel) return channel.error();
  if (!query_.channel.empty() && channel->name != query_.channel) return Ok{};
  const Result<std::vector<Reading>> readings = chunk::decode_readings(chunk);
  if (!readings) {
    ++totals_.unreadable_chunks;  // the others are no worse for it; the caller says how many
    return Ok{};
  }
  std::string lines;
  for (const Reading& reading : *readings) {
    const std::optional<WallTime> wall = clock.at(reading.time);
    if (!is_wanted(wall)) continue;
    ++totals_.readings;
    lines += to_line(ReadingLine{run.gateway,
                                 channel->name,
                                 channel->unit,
                                 {reading.time, wall},
                                 reading.value,
                                 reading.quality},
                     query_.format);
  }
  if (!lines.empty()) stopped_ = !write_(lines);
  return Ok{};
}

bool Exporter::is_wanted(const std::optional<WallTime>& wall) const {
  if (!query_.from && !query_.to) return true;
  return wall && (!query_.from || *wall >= *query_.from) && (!query_.to || *wall <= *query_.to);
}

}  // namespace

Result<ExportTotals> export_readings(storage::Connection& connection, const ExportQuery& query,
                                     const std::function<bool(std::string_view)>& write) {
  return Exporter(connection, query, write).run();
}

}  // namespace sluice::collector
