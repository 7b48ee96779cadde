#include "storage/range.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "storage/chunk_table.hpp"

namespace sluice::storage {
namespace {

// Most in one call, so that it is short whatever there is: a few milliseconds each. 4,096 slots are
// 19 hours.
constexpr std::int64_t kSlotsMax = 4'096;
constexpr std::size_t kChunksMax = 512;
constexpr std::size_t kFramesMax = 512;

constexpr int kSlotBits = 34;  // as in the schema

// All statements of one call see the same: a seal moves readings from frames into a chunk.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection)
      : connection_(connection), begun_(connection.run("BEGIN")) {}
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() {
    // It only read: how it ends changes nothing.
    if (connection_.in_transaction()) static_cast<void>(connection_.run("ROLLBACK"));
  }
  const Result<>& begun() const { return begun_; }

 private:
  Connection& connection_;
  Result<> begun_;
};

// What is stored of the range's run and stream.
struct Extent {
  std::int64_t run = 0;  // row
  std::int64_t span_ns = 0;
  std::uint64_t last_seq = 0;
  std::int64_t first_slot = 0;
  std::int64_t last_slot = -1;  // before the first: no chunk
};

std::int64_t minus_saturated(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  const bool beyond = __builtin_sub_overflow(a, b, &difference);
  return beyond ? std::numeric_limits<std::int64_t>::min() : difference;
}

Result<std::optional<Extent>> extent_of(Connection& connection, const TimeRange& range) {
  std::optional<Extent> extent;
  Result<> read = connection.for_each(
      "SELECT run.id, span_max_ns, last_seq,"
      " (SELECT first_ns >> 34 FROM chunk WHERE chunk.run = run.id AND chunk.stream = ?2"
      "  ORDER BY first_ns >> 34 LIMIT 1),"
      " (SELECT first_ns >> 34 FROM chunk WHERE chunk.run = run.id AND chunk.stream = ?2"
      "  ORDER BY first_ns >> 34 DESC LIMIT 1)"
      " FROM run LEFT JOIN stream ON stream.run = run.id AND stream.stream = ?2"
      " WHERE run.run = ?1",
      {std::as_bytes(std::span(range.run.bytes)), static_cast<std::int64_t>(range.stream)},
      [&](const Row& row) {
        extent.emplace();
        extent->run = row.integer(0);
        extent->span_ns = row.integer(1);
        extent->last_seq = to_unsigned(row.integer(2));
        if (row.is_null(3)) return true;
        extent->first_slot = row.integer(3);
        extent->last_slot = row.integer(4);
        return true;
      });
  if (!read.ok()) return read.error();
  return extent;
}

class RangeReader {
 public:
  RangeReader(Connection& connection, const TimeRange& range, const Extent& extent,
              Bookmark& bookmark, std::size_t bytes_max)
      : connection_(connection),
        range_(range),
        extent_(extent),
        bookmark_(bookmark),
        bytes_left_(bytes_max) {}

  Result<RangePart> read();

 private:
  // True when there are no more.
  Result<bool> read_chunks();
  Result<bool> skip_to_slot_behind(std::int64_t slot);
  Result<bool> read_frames();
  // One at least fits.
  bool takes(std::size_t bytes);

  Connection& connection_;
  const TimeRange& range_;
  const Extent& extent_;
  Bookmark& bookmark_;
  std::size_t bytes_left_;
  RangePart part_;
};

bool RangeReader::takes(std::size_t bytes) {
  const bool first = part_.chunks.empty() && part_.frames.empty();
  if (!first && bytes > bytes_left_) return false;
  bytes_left_ -= std::min(bytes, bytes_left_);
  return true;
}

Result<bool> RangeReader::read_chunks() {
  const std::int64_t low = minus_saturated(to_ns(range_.from), extent_.span_ns);
  const std::int64_t from_slot =
      std::max({low >> kSlotBits, bookmark_.after_ns >> kSlotBits, extent_.first_slot});
  const std::int64_t to_slot = std::min(to_ns(range_.to) >> kSlotBits, extent_.last_slot);
  const std::int64_t last_slot = std::min(to_slot, from_slot + kSlotsMax - 1);
  if (from_slot > to_slot) return true;
  bool stopped = false;
  Result<> read = connection_.for_each(
      kChunksInRange,
      {extent_.run, static_cast<std::int64_t>(range_.stream),
       std::int64_t{index_of(range_.channel)}, from_slot, last_slot, bookmark_.after_ns,
       to_signed(bookmark_.after_position), to_ns(range_.to), to_ns(range_.from),
       std::as_bytes(std::span(range_.run.bytes))},
      [&](const Row& row) {
        StoredChunk stored = stored_chunk(row);
        stopped =
            part_.chunks.size() == kChunksMax || !takes(stored.chunk.bytes.size() + kChunkOverhead);
        if (stopped) return false;
        bookmark_.after_ns = to_ns(stored.chunk.header.first);
        bookmark_.after_position = stored.position;
        part_.chunks.push_back(std::move(stored));
        return true;
      });
  if (!read.ok()) return read.error();
  if (stopped || last_slot == to_slot) return !stopped;
  return skip_to_slot_behind(last_slot);
}

Result<bool> RangeReader::skip_to_slot_behind(std::int64_t slot) {
  const Result<std::optional<std::int64_t>> next = connection_.integer(
      "SELECT first_ns >> 34 FROM chunk WHERE run = ? AND stream = ? AND first_ns >> 34 > ?"
      " ORDER BY first_ns >> 34 LIMIT 1",
      {extent_.run, static_cast<std::int64_t>(range_.stream), slot});
  if (!next.ok()) return next.error();
  if (!next->has_value()) return true;
  bookmark_.after_ns = **next << kSlotBits;
  bookmark_.after_position = 0;
  return false;
}

Result<bool> RangeReader::read_frames() {
  // Frames are numbered anew once they have been sealed.
  if (bookmark_.last_seq != extent_.last_seq) bookmark_.after_frame = 0;
  bookmark_.last_seq = extent_.last_seq;
  bool stopped = false;
  Result<> read = connection_.for_each(
      "SELECT id, bytes FROM frame WHERE run = ? AND id > ? AND last_ns >= ? ORDER BY id",
      {extent_.run, to_signed(bookmark_.after_frame), to_ns(range_.from)}, [&](const Row& row) {
        const std::span<const std::byte> bytes = row.blob(1);
        stopped = part_.frames.size() == kFramesMax || !takes(bytes.size());
        if (stopped) return false;
        bookmark_.after_frame = to_unsigned(row.integer(0));
        part_.frames.emplace_back(bytes.begin(), bytes.end());
        return true;
      });
  if (!read.ok()) return read.error();
  return !stopped;
}

Result<RangePart> RangeReader::read() {
  Result<bool> done = read_chunks();
  if (done.ok() && *done && range_.stream == Stream::kRaw) done = read_frames();
  if (!done.ok()) return done.error();
  part_.last = *done;
  return std::move(part_);
}

}  // namespace

Result<RangePart> read_range(Connection& connection, const TimeRange& range, Bookmark& bookmark,
                             std::size_t bytes_max) {
  const Snapshot snapshot(connection);
  if (!snapshot.begun().ok()) return snapshot.begun().error();
  const Result<std::optional<Extent>> extent = extent_of(connection, range);
  if (!extent.ok()) return extent.error();
  if (!extent->has_value() || range.from >= range.to) return RangePart{{}, {}, true};
  return RangeReader(connection, range, **extent, bookmark, bytes_max).read();
}

}  // namespace sluice::storage
