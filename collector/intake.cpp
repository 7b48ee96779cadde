#include "collector/intake.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <variant>

#include "core/check.hpp"

namespace sluice::collector {

using storage::Row;
using storage::to_signed;
using storage::to_unsigned;

namespace {

// Of a gap that has keys.
Interval keys_of(const Gap& gap) {
  const std::uint64_t last = std::min(gap.last_seq, kSeqMax);
  return {std::min(gap.first_seq, last), last, 0};
}

// Somebody waits to hear what became of its keys.
bool has_waiting_keys(const Gap& gap) {
  return gap.first_seq != 0 && gap.reason != GapReason::kClosed;
}

}  // namespace

SettledKeys load_settled_keys(storage::Transaction& transaction, std::int64_t stream_row) {
  IntervalSet sets[2];
  transaction.for_each(
      "SELECT resolved, first, last, check_sum FROM settled WHERE stream = ? ORDER BY first",
      {stream_row}, [&](const Row& row) {
        const Interval interval{to_unsigned(row.integer(1)), to_unsigned(row.integer(2)),
                                to_unsigned(row.integer(3))};
        if (sets[row.integer(0)].insert(interval)) return true;
        transaction.fail({ErrorCode::kCorrupt, "the settled keys of a stream overlap"});
        return false;
      });
  return {std::move(sets[0]), std::move(sets[1])};
}

Intake::Intake(storage::Transaction& transaction, const Shipment& shipment, WallTime now)
    : transaction_(transaction), shipment_(shipment), now_ns_(to_ns(now)) {}

Receipt Intake::take() {
  gateway_row_ = transaction_.integer(
      "INSERT INTO gateway (name, seen_wall_ns) VALUES (?, ?) "
      "ON CONFLICT (name) DO UPDATE SET seen_wall_ns = excluded.seen_wall_ns RETURNING id",
      {shipment_.gateway, now_ns_});
  run_row_ = run_row(shipment_.run);

  Receipt receipt;
  Work& work = work_on(shipment_.run, shipment_.stream);
  for (std::size_t i = 0; i < shipment_.chunks.size() && transaction_.ok(); ++i) {
    const ArrivedChunk& arrived = shipment_.chunks[i];
    work.news = arrived.chunk.header.key.seq;
    if (!take_chunk(arrived, work)) {
      remind(arrived);
      continue;
    }
    receipt.stored.push_back(i);
    for (const Event& event : arrived.events) {
      std::visit([this](const auto& record) { apply(record); }, event);
    }
  }
  receipt.duplicates = work.duplicates;
  receipt.conflicts = work.conflicts;
  receipt.unreadable = work.unreadable;
  receipt.refusals = work.refusals;
  for (const auto& [name, touched] : works_) {
    finish(touched);
    if (touched.news != 0) receipt.settled.push_back({name.first, name.second, touched.news});
  }
  return receipt;
}

std::int64_t Intake::run_row(const RunId& run) {
  return transaction_.integer(
      "INSERT INTO run (gateway, run, seen_wall_ns) VALUES (?, ?, ?) "
      "ON CONFLICT (gateway, run) DO UPDATE SET seen_wall_ns = excluded.seen_wall_ns RETURNING id",
      {gateway_row_, std::as_bytes(std::span(run.bytes)), now_ns_});
}

Intake::Work& Intake::work_on(const RunId& run, Stream stream) {
  const auto [entry, is_new] = works_.try_emplace({run, stream});
  Work& work = entry->second;
  if (!is_new) return work;
  const std::int64_t run_of_stream = run == shipment_.run ? run_row_ : run_row(run);
  work.row = transaction_.integer(
      // An update of nothing, so that the row is returned in both cases.
      "INSERT INTO stream (run, stream) VALUES (?, ?) "
      "ON CONFLICT (run, stream) DO UPDATE SET stream = excluded.stream RETURNING id",
      {run_of_stream, static_cast<std::int64_t>(stream)});
  work.keys = load_settled_keys(transaction_, work.row);
  return work;
}

// True when it is new.
bool Intake::take_chunk(const ArrivedChunk& arrived, Work& work) {
  const ChunkHeader& header = arrived.chunk.header;
  if (work.keys.is_held(header.key.seq)) {
    compare(arrived, work);
    return false;
  }
  if (work.keys.is_resolved(header.key.seq)) {
    // It was dropped at the gateway while it was under way: the gap record stands.
    ++work.duplicates;
    work.refusals.push_back({header.key.seq, header.crc, std::nullopt});
    return false;
  }
  transaction_.run(
      "INSERT INTO chunk (stream, seq, channel, count, first_ns, last_ns, crc, readable, "
      "arrived_wall_ns, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {work.row, to_signed(header.key.seq), std::int64_t{index_of(header.channel)},
       std::int64_t{header.count}, to_ns(header.first), to_ns(header.last),
       std::int64_t{header.crc}, std::int64_t{arrived.readable ? 1 : 0}, now_ns_,
       std::span<const std::byte>(arrived.chunk.bytes)});
  work.keys.hold(header.key.seq, header.crc);
  work.last_ns = work.chunks == 0 ? to_ns(header.last) : std::max(work.last_ns, to_ns(header.last));
  ++work.chunks;
  work.records += header.count;
  if (!arrived.readable) ++work.unreadable;
  return true;
}

// A gap record that comes again may do so because nobody heard what became of its keys.
void Intake::remind(const ArrivedChunk& arrived) {
  for (const Event& event : arrived.events) {
    const auto* const gap = std::get_if<Gap>(&event);
    if (gap != nullptr && has_waiting_keys(*gap)) {
      work_on(gap->run, gap->stream).news = gap->first_seq;
    }
  }
}

// The key is taken: by the same bytes, as it should be, or by others.
void Intake::compare(const ArrivedChunk& arrived, Work& work) {
  const Chunk& chunk = arrived.chunk;
  const std::int64_t seq = to_signed(chunk.header.key.seq);
  bool same = false;
  std::uint32_t standing = 0;
  // The checksum covers the header too.
  transaction_.for_each("SELECT crc, bytes FROM chunk WHERE stream = ? AND seq = ?",
                        {work.row, seq}, [&](const Row& row) {
                          const std::span<const std::byte> bytes = row.blob(1);
                          standing = static_cast<std::uint32_t>(row.integer(0));
                          same = standing == chunk.header.crc &&
                                 std::equal(bytes.begin(), bytes.end(), chunk.bytes.begin(),
                                            chunk.bytes.end());
                          return false;
                        });
  if (same) {
    ++work.duplicates;
    return;
  }
  ++work.conflicts;
  work.refusals.push_back({chunk.header.key.seq, chunk.header.crc, standing});
  if (transaction_.integer("SELECT count(*) FROM conflict") >= kConflictsMax) return;
  transaction_.run(
      "INSERT INTO conflict (stream, seq, crc, arrived_wall_ns, bytes) VALUES (?, ?, ?, ?, ?)",
      {work.row, seq, std::int64_t{chunk.header.crc}, now_ns_,
       std::span<const std::byte>(chunk.bytes)});
}

void Intake::finish(const Work& work) {
  transaction_.run(
      "UPDATE stream SET chunks = chunks + ?, records = records + ?, duplicates = duplicates + ?, "
      "conflicts = conflicts + ?, unreadable = unreadable + ? WHERE id = ?",
      {to_signed(work.chunks), to_signed(work.records), to_signed(work.duplicates),
       to_signed(work.conflicts), to_signed(work.unreadable), work.row});
  if (work.chunks > 0) {
    transaction_.run("UPDATE stream SET last_ns = max(ifnull(last_ns, ?), ?) WHERE id = ?",
                     {work.last_ns, work.last_ns, work.row});
  }
  transaction_.run("DELETE FROM settled WHERE stream = ?", {work.row});
  for (const bool resolved : {false, true}) {
    const IntervalSet& set = resolved ? work.keys.resolved() : work.keys.held();
    for (const Interval& interval : set.intervals()) {
      transaction_.run(
          "INSERT INTO settled (stream, resolved, first, last, check_sum) VALUES (?, ?, ?, ?, ?)",
          {work.row, std::int64_t{resolved ? 1 : 0}, to_signed(interval.first),
           to_signed(interval.last), to_signed(interval.check)});
    }
  }
}

void Intake::apply(const RunStarted& event) {
  transaction_.run(
      "UPDATE run SET started_ns = ?, boot = ?, version = ?, config_hash = ? WHERE id = ?",
      {to_ns(event.time), event.boot, event.version, event.config_hash, run_row_});
}

void Intake::apply(const RunEnded& event) {
  transaction_.run("UPDATE run SET ended_ns = ?, produced = ? WHERE id = ?",
                   {to_ns(event.time), to_signed(event.readings), run_row_});
}

void Intake::apply(const ChannelDeclared& event) {
  transaction_.run(
      "INSERT OR REPLACE INTO channel (run, channel, name, unit, period_ns) VALUES (?, ?, ?, ?, ?)",
      {run_row_, std::int64_t{index_of(event.channel)}, event.name, event.unit,
       to_ns(event.period)});
}

void Intake::apply(const AlertDeclared& event) {
  transaction_.run(
      "INSERT OR REPLACE INTO alert (run, alert, channel, name, rule) VALUES (?, ?, ?, ?, ?)",
      {run_row_, std::int64_t{index_of(event.alert)}, std::int64_t{index_of(event.channel)},
       event.name, event.rule});
}

void Intake::apply(const ConfigApplied& event) {
  transaction_.run("UPDATE run SET config_hash = ? WHERE id = ?", {event.config_hash, run_row_});
}

void Intake::apply(const AlertEvent& event) {
  transaction_.run(
      "INSERT INTO alert_event (run, time_ns, alert, channel, change, severity, value, count) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {run_row_, to_ns(event.time), std::int64_t{index_of(event.alert)},
       std::int64_t{index_of(event.channel)}, static_cast<std::int64_t>(event.change),
       static_cast<std::int64_t>(event.severity), event.value, std::int64_t{event.count}});
}

void Intake::apply(const ClockRecord& event) {
  transaction_.run(
      "INSERT INTO clock (run, time_ns, wall_ns, uncertainty_ns, synchronised) "
      "VALUES (?, ?, ?, ?, ?)",
      {run_row_, to_ns(event.time), to_ns(event.wall), to_ns(event.uncertainty),
       std::int64_t{event.synchronised ? 1 : 0}});
}

// The gap may be of another run and stream than the record that declares it.
void Intake::apply(const SafeModeEntered& event) {
  transaction_.run("UPDATE run SET safe_mode = ? WHERE id = ?", {event.reason, run_row_});
}

void Intake::apply(const Gap& event) {
  if (event.reason == GapReason::kClosed) return close(event);
  std::int64_t missing = to_signed(event.readings);
  if (event.first_seq != 0) {
    Work& work = work_on(event.run, event.stream);
    const Interval keys = keys_of(event);
    const std::uint64_t resolved = work.keys.resolve(keys.first, keys.last);
    work.news = keys.first;
    // What was under way when it was dropped, and arrived before the gap did, is not missing.
    const std::int64_t held = transaction_.integer(
        "SELECT sum(count) FROM chunk WHERE stream = ? AND seq BETWEEN ? AND ?",
        {work.row, to_signed(keys.first), to_signed(keys.last)});
    missing = resolved == 0 ? 0 : std::max<std::int64_t>(missing - held, 0);
  }
  add(event, event.reason, missing);
}

// Nobody waits to hear of it: the gateway has forgotten the run. What is missing here had been
// delivered to a database that is gone.
void Intake::close(const Gap& event) {
  if (event.first_seq == 0) return;
  const Interval keys = keys_of(event);
  Work& work = work_on(event.run, event.stream);
  if (work.keys.resolve(keys.first, keys.last) > 0) {
    Gap lost = event;
    lost.last = Instant::max();  // how long ago nobody knows
    add(lost, GapReason::kCollectorRollback, 0);
  }
  add(event, GapReason::kClosed, 0);
}

void Intake::add(const Gap& event, GapReason reason, std::int64_t missing) {
  const std::int64_t gap_run = event.run != shipment_.run ? run_row(event.run) : run_row_;
  transaction_.run(
      "INSERT INTO gap (run, stream, reason, channel, first_seq, last_seq, readings, missing, "
      "first_ns, last_ns, declared_by, declared_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {gap_run, static_cast<std::int64_t>(event.stream), static_cast<std::int64_t>(reason),
       std::int64_t{index_of(event.channel)}, to_signed(event.first_seq), to_signed(event.last_seq),
       to_signed(event.readings), missing, to_ns(event.first), to_ns(event.last), run_row_,
       to_ns(event.time)});
}

void Intake::apply(const DriverChanged& event) {
  transaction_.run(
      "INSERT INTO driver_event (run, time_ns, channel, state, reason) VALUES (?, ?, ?, ?, ?)",
      {run_row_, to_ns(event.time), std::int64_t{index_of(event.channel)},
       static_cast<std::int64_t>(event.state), event.reason});
}

}  // namespace sluice::collector
