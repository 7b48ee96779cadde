#include "tests/sim/balance.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "chunk/readings.hpp"
#include "collector/database.hpp"
#include "core/check.hpp"

namespace sluice::sim {
namespace {

using storage::Row;
using storage::to_unsigned;

RunId run_of(std::span<const std::byte> blob) {
  RunId run;
  CHECK(blob.size() == run.bytes.size());
  std::transform(blob.begin(), blob.end(), run.bytes.begin(),
                 [](std::byte byte) { return static_cast<std::uint8_t>(byte); });
  return run;
}

// What the gateway has to make of a sample whose channel is neither scaled nor filtered.
Reading expected_of(const hal::LedgerRecord& record, ChannelId channel) {
  Reading reading{instant_from_ns(record.tick_ns), record.value, channel,
                  static_cast<Quality>(record.quality)};
  if (reading.quality == Quality::kMissing) reading.value = 0.0;
  if (reading.quality == Quality::kGood && !std::isfinite(reading.value)) {
    reading.quality = Quality::kFault;
  }
  return reading;
}

bool same(const Reading& a, const Reading& b) {
  return a.time == b.time && a.channel == b.channel && a.quality == b.quality &&
         std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);
}

// The collector was seen to commit that chunk.
bool holds(const Book& book, std::uint64_t seq, std::uint64_t crc) {
  if (seq < 1 || seq > book.entries.size()) return false;
  const Entry& entry = book.entries[static_cast<std::size_t>(seq) - 1];
  return entry.held && entry.crc == crc;
}

// The rows of the collector, counted by stream, against what it was seen to commit.
void compare_rows(storage::Connection& database, Invariants& invariants) {
  std::map<std::pair<RunId, Stream>, std::uint64_t> rows;
  const Result<> read = database.for_each(
      "SELECT run.run, stream.stream, seq, crc FROM chunk JOIN stream ON stream.id = chunk.stream"
      " JOIN run ON run.id = stream.run",
      {}, [&](const Row& row) {
        const std::pair name{run_of(row.blob(0)), static_cast<Stream>(row.integer(1))};
        const std::uint64_t seq = to_unsigned(row.integer(2));
        ++rows[name];
        const auto book = invariants.books().find(name);
        const bool committed = book != invariants.books().end() &&
                               holds(book->second, seq, to_unsigned(row.integer(3)));
        if (!committed) {
          invariants.fail(Rule::kE3, "the collector has a row that it was not seen to commit");
        }
        return committed;
      });
  CHECK(read.ok());
  for (const auto& [name, book] : invariants.books()) {
    if (rows[name] == book.held) continue;
    invariants.fail(Rule::kE3, "the collector has " + std::to_string(rows[name]) + " rows of " +
                                   std::string(name_of(name.second)) + " of a run; it committed " +
                                   std::to_string(book.held));
  }
}

// One run's readings.
class RunBalance {
 public:
  RunBalance(const RunRecord& record, Invariants& invariants)
      : record_(record), invariants_(invariants) {}

  void check(storage::Connection& database);

 private:
  using Readings = std::map<ChannelId, std::vector<Reading>>;
  Readings arrived(storage::Connection& database);
  void compare(const RunRecord::Channel& channel, const std::vector<Reading>& arrived);
  bool is_declared(ChannelId channel, Instant tick) const;
  void check_counts();
  void fail(const std::string& what) {
    invariants_.fail(Rule::kBalance, "run " + to_hex(record_.run).substr(0, 8) + ": " + what);
  }

  const RunRecord& record_;
  Invariants& invariants_;
  std::map<ChannelId, std::vector<Entry>> resolved_;  // chunks that a gap record stands for
  std::uint64_t readings_resolved_ = 0;
  bool unseen_dropped_ = false;  // then only the gaps know where
  std::uint64_t produced_ = 0;
  std::uint64_t present_ = 0;
};

void RunBalance::check(storage::Connection& database) {
  const auto book = invariants_.books().find({record_.run, Stream::kRaw});
  if (book != invariants_.books().end()) {
    for (const Entry& entry : book->second.entries) {
      if (!entry.resolved) continue;
      resolved_[entry.channel].push_back(entry);
      readings_resolved_ += entry.count;
    }
    readings_resolved_ += book->second.readings_unseen;
    unseen_dropped_ = book->second.readings_unseen > 0;
  }
  Readings readings = arrived(database);
  for (const RunRecord::Channel& channel : record_.channels) {
    compare(channel, readings[channel.channel]);
    readings.erase(channel.channel);
  }
  if (!readings.empty()) fail("readings of a channel that it does not have");
  check_counts();
}

RunBalance::Readings RunBalance::arrived(storage::Connection& database) {
  Readings readings;
  const Result<> read = database.for_each(
      "SELECT seq, channel, count, first_ns, last_ns, crc, bytes FROM chunk WHERE stream ="
      " (SELECT stream.id FROM stream JOIN run ON run.id = stream.run"
      " WHERE run.run = ? AND stream.stream = ?) ORDER BY seq",
      {std::as_bytes(std::span(record_.run.bytes)), static_cast<std::int64_t>(Stream::kRaw)},
      [&](const Row& row) {
        Chunk chunk;
        chunk.header.key = {record_.run, Stream::kRaw, to_unsigned(row.integer(0))};
        chunk.header.channel = static_cast<ChannelId>(row.integer(1));
        chunk.header.count = static_cast<std::uint32_t>(row.integer(2));
        chunk.header.first = instant_from_ns(row.integer(3));
        chunk.header.last = instant_from_ns(row.integer(4));
        chunk.header.crc = static_cast<std::uint32_t>(row.integer(5));
        chunk.bytes.assign(row.blob(6).begin(), row.blob(6).end());
        const Result<std::vector<Reading>> decoded = chunk::decode_readings(chunk);
        if (!decoded.ok()) {
          fail("a row cannot be decoded: " + decoded.error().message);
          return false;
        }
        std::vector<Reading>& all = readings[chunk.header.channel];
        all.insert(all.end(), decoded->begin(), decoded->end());
        return true;
      });
  CHECK(read.ok());
  return readings;
}

void RunBalance::compare(const RunRecord::Channel& channel, const std::vector<Reading>& arrived) {
  produced_ += channel.produced.size();
  present_ += arrived.size();
  auto next = arrived.begin();
  for (const hal::LedgerRecord& record : channel.produced) {
    const Reading expected = expected_of(record, channel.channel);
    if (next != arrived.end() && next->time == expected.time) {
      if (!same(*next, expected)) fail("a reading arrived with another value or quality");
      ++next;
    } else if (!is_declared(channel.channel, expected.time)) {
      fail("channel " + std::to_string(index_of(channel.channel)) + " produced a reading at " +
           std::to_string(to_ns(expected.time)) +
           " ns that neither arrived nor lies in a declared gap");
      return;
    }
  }
  if (next != arrived.end()) fail("a reading arrived that was not produced, or arrived twice");
}

bool RunBalance::is_declared(ChannelId channel, Instant tick) const {
  const auto chunks = resolved_.find(channel);
  const bool dropped =
      chunks != resolved_.end() &&
      std::any_of(chunks->second.begin(), chunks->second.end(),
                  [&](const Entry& entry) { return entry.first <= tick && tick <= entry.last; });
  return dropped ||
         std::any_of(invariants_.gaps().begin(), invariants_.gaps().end(), [&](const Gap& gap) {
           return gap.run == record_.run && gap.stream == Stream::kRaw &&
                  (gap.first_seq == 0 || unseen_dropped_) && gap.first <= tick && tick <= gap.last;
         });
}

void RunBalance::check_counts() {
  std::uint64_t restarts = 0;
  std::uint64_t declared = 0;  // never durable, and counted
  for (const Gap& gap : invariants_.gaps()) {
    if (gap.run != record_.run || gap.stream != Stream::kRaw) continue;
    restarts += gap.reason == GapReason::kRestart ? 1 : 0;
    declared += gap.reason == GapReason::kRingFull ? gap.readings : 0;
  }
  if (present_ + readings_resolved_ != record_.durable) {
    fail(std::to_string(record_.durable) + " readings were durable; " + std::to_string(present_) +
         " arrived and " + std::to_string(readings_resolved_) + " were declared dropped");
  }
  const std::uint64_t lost = produced_ - record_.durable;
  if (record_.orderly ? lost != declared : lost < declared) {
    fail(std::to_string(lost) + " readings were never durable; " + std::to_string(declared) +
         " were declared to have found the ring full");
  }
  if (restarts != (record_.orderly ? 0U : 1U)) {
    fail("it has " + std::to_string(restarts) + " restart gaps and ended " +
         (record_.orderly ? "in order" : "without notice"));
  }
}

}  // namespace

void balance(const std::string& collector_database, std::span<const RunRecord> runs,
             Invariants& invariants) {
  Result<storage::Connection> database = collector::open_for_reading(collector_database);
  if (!database) {
    invariants.fail(Rule::kBalance, "the collector's database: " + database.error().message);
    return;
  }
  compare_rows(*database, invariants);
  for (const RunRecord& record : runs) RunBalance(record, invariants).check(*database);
}

}  // namespace sluice::sim
