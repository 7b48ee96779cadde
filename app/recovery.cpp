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
  gap.first = earlier.last_durable;
  gap.last = Instant::max();
  return gap;
}

Result<> recover_one(storage::Store& store, const storage::EarlierRun& earlier,
                     const std::string& boot, Instant now) {
  std::vector<Reading> tail;
  std::vector<Event> notes;
  for (const Bytes& frame : earlier.frames) {
    const Result<std::vector<Reading>> readings = chunk::decode_frame(frame);
    if (readings.ok()) {
      tail.insert(tail.end(), readings->begin(), readings->end());
    } else {
      notes.push_back(gap_of(earlier, GapReason::kMediaLoss, now));
    }
  }
  if (!earlier.ended) {
    Gap gap = gap_of(earlier, GapReason::kRestart, now);
    if (earlier.boot == boot) gap.last = now;
    notes.push_back(gap);
  }
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

}  // namespace sluice::app
