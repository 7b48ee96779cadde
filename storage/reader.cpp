#include "storage/reader.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "storage/chunk_table.hpp"
#include "storage/database.hpp"
#include "storage/range.hpp"
#include "storage/rollup_table.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {
namespace {

// Most chunks in one answer.
constexpr std::size_t kChunksMax = 512;
constexpr std::size_t kSuspectsMax = 64;

// A row whose run cannot be read is damaged, and not to be passed over: hence the left joins.
constexpr const char* kOldestOfLane =
    "SELECT p.position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, c.bytes"
    " FROM pending AS p LEFT JOIN chunk AS c ON c.position = p.position"
    " LEFT JOIN run ON run.id = c.run"
    " WHERE p.lane = ? AND p.position > ? AND p.position <= ? ORDER BY p.position";
constexpr const char* kNewestOfLane =
    "SELECT p.position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, c.bytes"
    " FROM pending AS p LEFT JOIN chunk AS c ON c.position = p.position"
    " LEFT JOIN run ON run.id = c.run"
    " WHERE p.lane = ? AND p.position > ? AND p.position <= ? ORDER BY p.position DESC";

constexpr const char* kFirstOfLane =
    "SELECT boot, first_ns FROM pending AS p JOIN chunk AS c ON c.position = p.position"
    " JOIN run ON run.id = c.run WHERE p.lane = ? ORDER BY p.position LIMIT 1";

}  // namespace

struct Reader::Impl {
  std::string path;
  Connection connection{};
  std::vector<Suspect> suspects{};  // met and not taken

  // The database may not have been there, or have been set aside and a fresh one be in its place.
  Result<> follow();
  void suspect(Stream stream, std::uint64_t after) {
    if (suspects.size() < kSuspectsMax) suspects.push_back({stream, after});
  }
  void suspect(const StoredChunk& damaged) {
    suspect(damaged.chunk.header.key.stream, damaged.position - 1);
  }
};

Result<> Reader::Impl::follow() {
  if (connection.is_open() && !connection.is_displaced()) return Ok{};
  Result<Connection> fresh = open_for_reading(path);
  if (!fresh.ok()) return fresh.error();
  connection = std::move(*fresh);
  return Ok{};
}

// Chunks of one run in the order in which they come, as many as fit.
class Reader::Pending {
 public:
  // What a damaged row says of its stream is not believed.
  Pending(Impl& impl, Stream stream, std::size_t bytes_max)
      : impl_(impl), stream_(stream), bytes_max_(bytes_max) {}

  bool operator()(const Row& row) {
    StoredChunk stored = stored_chunk(row);
    reached_ = stored.position;
    if (!is_whole(stored.chunk)) {
      impl_.suspect(stream_, stored.position - 1);
      return true;
    }
    bytes_ += stored.chunk.bytes.size() + kChunkOverhead;
    const bool fits =
        chunks_.empty() || (bytes_ <= bytes_max_ &&
                            chunks_.front().chunk.header.key.run == stored.chunk.header.key.run);
    if (fits) chunks_.push_back(std::move(stored));
    return fits && chunks_.size() < kChunksMax;
  }
  std::vector<StoredChunk> take() { return std::move(chunks_); }
  // Position of the last one that could be read; nothing when none could.
  std::optional<std::uint64_t> reached() const { return reached_; }

 private:
  Impl& impl_;
  Stream stream_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::vector<StoredChunk> chunks_;
  std::optional<std::uint64_t> reached_;
};

Reader::Reader(const std::string& path) : impl_(std::make_unique<Impl>(Impl{path})) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(const std::string& path) {
  Reader reader(path);
  if (Result<> there = reader.impl_->follow(); !there.ok()) return there.error();
  return reader;
}

Result<std::vector<StoredChunk>> Reader::pending(Stream stream, std::uint64_t after,
                                                 std::size_t bytes_max) {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  Pending pending(*impl_, stream, bytes_max);
  const LanesOfStream lanes = lanes_of(stream);
  Result<> read = impl_->connection.for_each(
      kPendingOfStream, {lanes.own, lanes.promoted, to_signed(after)}, std::ref(pending));
  if (!read.ok()) {
    impl_->suspect(stream, pending.reached().value_or(after));
    return read.error();
  }
  return pending.take();
}

Result<std::vector<StoredChunk>> Reader::pending(const LaneRange& range, std::size_t bytes_max) {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  const Stream stream = stream_of(range.lane);
  Pending pending(*impl_, stream, bytes_max);
  Result<> read = impl_->connection.for_each(
      range.newest_first ? kNewestOfLane : kOldestOfLane,
      {static_cast<std::int64_t>(range.lane == Lane::kBacklog ? Lane::kRaw : range.lane),
       to_signed(range.after), to_signed(range.upto)},
      std::ref(pending));
  if (read.ok()) return pending.take();
  if (!range.newest_first) {
    impl_->suspect(stream, pending.reached().value_or(range.after));
    return read.error();
  }
  // Where the damage is can only be said from the other side.
  LaneRange oldest_first = range;
  oldest_first.newest_first = false;
  return this->pending(oldest_first, bytes_max);
}

Result<std::uint64_t> Reader::newest_position() {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  const auto newest =
      impl_->connection.integer("SELECT seq FROM sqlite_sequence WHERE name = 'chunk'");
  if (!newest.ok()) return newest.error();
  return to_unsigned(newest->value_or(0));
}

Result<std::vector<StoredChunk>> Reader::at(std::span<const std::uint64_t> positions) {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  std::vector<StoredChunk> chunks;
  for (const std::uint64_t position : positions) {
    Result<> read = impl_->connection.for_each(
        "SELECT position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, bytes"
        " FROM chunk LEFT JOIN run ON run.id = chunk.run WHERE position = ?"
        " AND EXISTS (SELECT 1 FROM pending WHERE lane BETWEEN 0 AND 5"
        " AND pending.position = chunk.position)",
        {to_signed(position)}, [&](const Row& row) {
          StoredChunk stored = stored_chunk(row);
          if (is_whole(stored.chunk)) {
            chunks.push_back(std::move(stored));
          } else {
            impl_->suspect(stored);
          }
          return true;
        });
    if (!read.ok()) {
      // Whatever stream it is of.
      for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
        impl_->suspect(static_cast<Stream>(stream), position - 1);
      }
      return read.error();
    }
  }
  std::sort(chunks.begin(), chunks.end(),
            [](const StoredChunk& a, const StoredChunk& b) { return a.position < b.position; });
  return chunks;
}

Result<std::vector<Holding>> Reader::holdings() {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  std::vector<Holding> holdings;
  Result<> read = impl_->connection.for_each(
      "SELECT run.run, stream, last_seq, pending_chunks, last_seq - (SELECT"
      " coalesce(sum(last - first + 1), 0) FROM settled AS s WHERE s.run = stream.run"
      " AND s.stream = stream.stream), confirmed < last_seq AND EXISTS (SELECT 1 FROM settled AS s"
      " WHERE s.run = closing_run AND s.stream = 0 AND resolved = 0"
      " AND closing_seq BETWEEN first AND last) FROM stream JOIN run ON run.id = stream.run"
      " ORDER BY run.id, stream",
      {}, [&](const Row& row) {
        holdings.push_back({run_id_of(row.blob(0)), static_cast<Stream>(row.integer(1)),
                            to_unsigned(row.integer(2)), to_unsigned(row.integer(3)),
                            to_unsigned(row.integer(4)), row.integer(5) != 0});
        return true;
      });
  if (!read.ok()) return read.error();
  return holdings;
}

Result<std::vector<ChannelRun>> Reader::runs_of(const std::string& channel) {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  std::vector<ChannelRun> runs;
  std::vector<std::string> boots;
  Result<> read = impl_->connection.for_each(
      "SELECT run.run, channel, period_ns, boot FROM channel JOIN run ON run.id = channel.run"
      " WHERE name = ? ORDER BY run.id",
      {std::string_view(channel)}, [&](const Row& row) {
        runs.push_back({run_id_of(row.blob(0)),
                        ChannelId{static_cast<std::uint16_t>(row.integer(1))},
                        Duration(row.integer(2)),
                        {}});
        boots.emplace_back(row.text(3));
        return true;
      });
  if (!read.ok()) return read.error();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i > 0 && boots[i] == boots[i - 1]) {
      runs[i].clocks = runs[i - 1].clocks;
      continue;
    }
    Result<std::vector<ClockRecord>> clocks = clocks_of_boot(impl_->connection, boots[i]);
    if (!clocks.ok()) return clocks.error();
    runs[i].clocks = std::move(*clocks);
  }
  return runs;
}

Result<RollupRuns> Reader::rollup_runs() {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  return storage::rollup_runs(impl_->connection);
}

Result<RollupChannels> Reader::rollup_channels(const RunId& run) {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  return storage::rollup_channels(impl_->connection, run);
}

Result<std::optional<Question>> Reader::question(const RunId& run, Stream stream,
                                                 std::uint64_t first, std::size_t ranges_max) {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  Question question{0, run, stream, first, 0, {}};
  std::int64_t row_of_run = 0;
  const std::span<const std::byte> id = std::as_bytes(std::span(run.bytes));
  Result<> read = impl_->connection.for_each(
      "SELECT run.id, last_seq, EXISTS (SELECT 1 FROM settled AS s WHERE s.run = closing_run"
      " AND s.stream = 0 AND resolved = 0 AND closing_seq BETWEEN first AND last)"
      " FROM stream JOIN run ON run.id = stream.run WHERE run.run = ? AND stream.stream = ?",
      {id, static_cast<std::int64_t>(stream)}, [&](const Row& row) {
        row_of_run = row.integer(0);
        question.last = to_unsigned(row.integer(1));
        question.is_last = row.integer(2) != 0;
        return false;
      });
  if (!read.ok()) return read.error();
  if (question.last < first) return std::optional<Question>();
  std::uint64_t next = first;
  const auto settled_from = [&](std::uint64_t from) {
    if (from > next) question.unsettled.push_back({next, from - 1, 0});
    // What is beyond has a question of its own.
    const bool full = question.unsettled.size() > ranges_max;
    if (full) question.last = question.unsettled.back().first - 1;
    if (full) question.unsettled.pop_back();
    return !full;
  };
  bool all = true;
  read = impl_->connection.for_each(
      "SELECT first, last FROM settled WHERE run = ? AND stream = ? AND last >= ?"
      " AND first <= ? ORDER BY first",
      {row_of_run, static_cast<std::int64_t>(stream), to_signed(first), to_signed(question.last)},
      [&](const Row& row) {
        all = settled_from(to_unsigned(row.integer(0)));
        next = std::max(next, to_unsigned(row.integer(1)) + 1);
        return all;
      });
  if (!read.ok()) return read.error();
  if (all) settled_from(question.last + 1);
  return std::optional(std::move(question));
}

Result<WaitingByLane> Reader::waiting() {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  WaitingByLane waiting;
  Result<> read = impl_->connection.for_each(
      "SELECT lane, chunks, bytes FROM lane WHERE lane BETWEEN 0 AND ?",
      {static_cast<std::int64_t>(kStoredLanes) - 1}, [&](const Row& row) {
        Waiting& lane = waiting[static_cast<std::size_t>(row.integer(0))];
        lane.chunks = to_unsigned(row.integer(1));
        lane.bytes = to_unsigned(row.integer(2));
        return true;
      });
  for (std::size_t i = 0; i < kStoredLanes && read.ok(); ++i) {
    if (waiting[i].chunks == 0) continue;
    read = impl_->connection.for_each(kFirstOfLane, {static_cast<std::int64_t>(i)},
                                      [&](const Row& row) {
                                        waiting[i].boot = row.text(0);
                                        waiting[i].first = instant_from_ns(row.integer(1));
                                        return true;
                                      });
  }
  if (!read.ok()) return read.error();
  return waiting;
}

Result<RangePart> Reader::range(const TimeRange& range, Bookmark& bookmark, std::size_t bytes_max) {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  Result<RangePart> part = read_range(impl_->connection, range, bookmark, bytes_max);
  if (!part.ok()) return part;
  std::erase_if(part->chunks, [&](const StoredChunk& stored) {
    if (is_whole(stored.chunk)) return false;
    impl_->suspect(stored);
    return true;
  });
  return part;
}

std::vector<Suspect> Reader::take_suspects() {
  return std::exchange(impl_->suspects, {});
}

}  // namespace sluice::storage
