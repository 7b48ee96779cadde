#include "app/recovery.hpp"

#include <string>
#include <vector>

#include "app/hot_tail.hpp"
#include "chunk/events.hpp"
#include "chunk/frame.hpp"
#include "core/event.hpp"
#include "core/log.hpp"

namespace sluice::app {
namespace {

Gap gap_of(const storage::EarlierRun& earlier, GapReason reason, Instant now) {
  Gap gap;
  gap.time = now;
  gap.run = earlier.run;
  gap.reason = reason;
  return gap;
}

// One for all damaged frames of a run. What was in them, and since when, only they knew.
Gap media_loss(const storage::EarlierRun& earlier, Instant now) {
  Gap gap = gap_of(earlier, GapReason::kMediaLoss, now);
  gap.last = earlier.last_durable;
  return gap;
}

// What came after the last commit. Another boot has another time axis: there the end is open.
Gap restart(const storage::EarlierRun& earlier, const std::string& boot, Instant now) {
  Gap gap = gap_of(earlier, GapReason::kRestart, now);
  gap.first = earlier.last_durable;
  gap.last = earlier.boot == boot ? now : Instant::max();
  return gap;
}

Result<> recover_one(storage::Store& store, const storage::EarlierRun& earlier,
                     const std::string& boot, Instant now) {
  std::vector<Reading> tail;
  bool damaged = false;
  for (const Bytes& frame : earlier.frames) {
    const Result<std::vector<Reading>> readings = chunk::decode_frame(frame);
    damaged = damaged || !readings.ok();
    if (readings.ok()) tail.insert(tail.end(), readings->begin(), readings->end());
  }
  std::vector<Event> notes;
  if (damaged) notes.emplace_back(media_loss(earlier, now));
  if (!earlier.ended) notes.emplace_back(restart(earlier, boot, now));
  std::vector<SealedChunk> chunks;
  if (!notes.empty()) chunks.push_back(chunk::encode_events(notes));
  const std::size_t recovered = tail.size();
  Result<> outcome = store.recover(earlier.run, seal_by_channel(tail), chunks);
  if (outcome.ok() && !earlier.ended) {
    log(LogLevel::kWarning, "the run before this one ended without notice; " +
                                std::to_string(recovered) +
                                " readings of its last seconds were recovered");
  }
  return outcome;
}

}  // namespace

Result<> recover_earlier_runs(storage::Store& store, const std::string& boot, Instant now) {
  const Result<std::vector<storage::EarlierRun>> runs = store.earlier_runs();
  if (!runs.ok()) return runs.error();
  for (const storage::EarlierRun& earlier : *runs) {
    if (Result<> recovered = recover_one(store, earlier, boot, now); !recovered.ok()) {
      return recovered;
    }
  }
  return Ok{};
}

Result<> declare_missing(storage::Store& store, Instant now) {
  const Result<std::vector<storage::Missing>> missing = store.missing();
  if (!missing.ok()) return missing.error();
  if (missing->empty()) return Ok{};
  std::vector<Event> gaps;
  bool at_home = false;
  for (const storage::Missing& lost : *missing) {
    Gap gap;
    gap.time = now;
    gap.run = lost.run;
    gap.stream = lost.stream;
    gap.reason = lost.reason;
    at_home = at_home || lost.reason == GapReason::kMediaLoss;
    gap.first_seq = lost.first_seq;
    gap.last_seq = lost.last_seq;
    gap.readings = lost.readings;
    gap.first = lost.first;
    gap.last = lost.last;
    gaps.emplace_back(gap);
  }
  if (at_home) {
    log(LogLevel::kError,
        "the database has lost what was durable; it is declared to the collector. Check the disk "
        "or card it is on");
  }
  return store.declare(*missing, chunk::encode_events(gaps));
}

Result<> close_runs(storage::Store& store, Instant now) {
  const Result<std::vector<storage::SettledRun>> runs = store.settled_runs();
  if (!runs.ok()) return runs.error();
  if (runs->empty()) return Ok{};
  std::vector<Event> gaps;
  for (const storage::SettledRun& run : *runs) {
    for (const storage::SettledRun::Keys& keys : run.streams) {
      Gap gap;
      gap.time = now;
      gap.run = run.run;
      gap.stream = keys.stream;
      gap.reason = GapReason::kClosed;
      gap.first_seq = 1;
      gap.last_seq = keys.last_seq;
      gaps.emplace_back(gap);
    }
  }
  return store.close(*runs, chunk::encode_events(gaps));
}

}  // namespace sluice::app
