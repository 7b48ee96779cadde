#include "storage/recording_table.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace sluice::storage {

void keep_recording(Transaction& transaction, const KnownRun& run, const Recording& recording) {
  const std::string_view channel = recording.channel;
  const std::int64_t from_ns = to_ns(recording.from);
  const std::int64_t to_ns = sluice::to_ns(recording.to);
  const std::int64_t met = transaction.integer(
      "UPDATE recording SET from_ns = min(from_ns, ?3), to_ns = max(to_ns, ?4)"
      " WHERE id = (SELECT id FROM recording WHERE boot = (SELECT boot FROM run WHERE id = ?1)"
      "  AND channel = ?2 AND to_ns >= ?3 AND from_ns <= ?4 LIMIT 1) RETURNING id",
      {run.row, channel, from_ns, to_ns});
  if (met != 0) return;
  transaction.run(
      "INSERT INTO recording (boot, channel, from_ns, to_ns)"
      " SELECT boot, ?2, ?3, ?4 FROM run WHERE id = ?1 AND boot <> ''",
      {run.row, channel, from_ns, to_ns});
}

std::vector<KeptRecording> all_recordings(Transaction& transaction) {
  std::vector<KeptRecording> recordings;
  transaction.for_each(
      "SELECT boot, channel, from_ns, to_ns FROM recording ORDER BY id", {}, [&](const Row& row) {
        recordings.push_back({std::string(row.text(0)),
                              {std::string(row.text(1)), instant_from_ns(row.integer(2)),
                               instant_from_ns(row.integer(3))}});
        return true;
      });
  return recordings;
}

void forget_recordings(Transaction& transaction, const std::string& boot, Instant before) {
  transaction.run("DELETE FROM recording WHERE boot <> ? OR to_ns < ?",
                  {std::string_view(boot), to_ns(before)});
}

RecordedSpans::RecordedSpans(Transaction& transaction, const KnownRun& run) {
  std::multimap<std::string, Span, std::less<>> named;
  transaction.for_each(
      "SELECT channel, from_ns, to_ns FROM recording"
      " WHERE boot = (SELECT boot FROM run WHERE id = ?)",
      {run.row}, [&](const Row& row) {
        const Span span{kAllChannels, instant_from_ns(row.integer(1)),
                        instant_from_ns(row.integer(2))};
        if (row.text(0).empty()) {
          spans_.push_back(span);
        } else {
          named.emplace(row.text(0), span);
        }
        return true;
      });
  if (named.empty()) return;
  transaction.for_each("SELECT channel, name FROM channel WHERE run = ?", {run.row},
                       [&](const Row& row) {
                         const auto [begin, end] = named.equal_range(row.text(1));
                         for (auto one = begin; one != end; ++one) {
                           spans_.push_back({row.integer(0), one->second.from, one->second.to});
                         }
                         return true;
                       });
}

bool RecordedSpans::concern(const SealedChunk& chunk) const {
  if (chunk.stream != Stream::kRaw) return false;
  return std::any_of(spans_.begin(), spans_.end(), [&](const Span& span) {
    const bool of_channel = span.channel == kAllChannels || span.channel == index_of(chunk.channel);
    return of_channel && chunk.first <= span.to && chunk.last >= span.from;
  });
}

}  // namespace sluice::storage
