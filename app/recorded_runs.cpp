#include "app/recorded_runs.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "app/wall_spans.hpp"
#include "chunk/events.hpp"

namespace sluice::app {
namespace {

constexpr std::size_t kBytesAtATime = 256 * 1024;

// Puts what the events of one run say where it belongs.
class Listener {
 public:
  Listener(RecordedRun& run, WallTime from, WallTime to) : run_(run), from_(from), to_(to) {}

  void hear(const Event& event) {
    const Instant time = time_of(event);
    if (!spans_) {
      run_.begin = time;
      spans_.emplace(wall_at(run_.clocks, time));
    }
    if (const auto* started = std::get_if<RunStarted>(&event)) {
      run_.config_hashes.insert(started->config_hash);
    } else if (const auto* applied = std::get_if<ConfigApplied>(&event)) {
      run_.config_hashes.insert(applied->config_hash);
    } else if (std::holds_alternative<RunEnded>(event)) {
      run_.end = time;
    } else if (const auto* channel = std::get_if<ChannelDeclared>(&event)) {
      declare(*channel);
    } else if (const auto* alert = std::get_if<AlertDeclared>(&event)) {
      names_[alert->alert] = alert->name;
    } else if (const auto* step = std::get_if<AlertEvent>(&event)) {
      const auto name = names_.find(step->alert);
      if (name == names_.end()) {
        ++run_.unnamed_steps;
      } else {
        spans_->add(name->second, *step, wall_at(run_.clocks, step->time));
      }
    }
  }

  void finish() {
    if (!spans_) return;
    // An alert that nobody cleared was active until its run ended, or is so still.
    run_.alerts = spans_->finish(to_);
    std::erase_if(run_.alerts,
                  [&](const AlertSpan& one) { return one.raised >= to_ || one.end < from_; });
  }

 private:
  void declare(const ChannelDeclared& declared) {
    const auto found = run_.channels.find(declared.name);
    if (found == run_.channels.end()) return;
    for (RecordedChannel& channel : found->second) {
      if (channel.id != declared.channel) continue;
      channel.unit = declared.unit;
      channel.calibrations.push_back({declared.time, declared.calibration});
    }
  }

  RecordedRun& run_;
  WallTime from_;
  WallTime to_;
  std::map<AlertId, std::string> names_;
  std::optional<AlertSpans> spans_;  // from the first event on
};

Result<std::uint64_t> hear_events(storage::Reader& reader, RecordedRun& run, WallTime from,
                                  WallTime to) {
  Listener listener(run, from, to);
  // All of them, for the declarations come first. Half of the axis is long enough for any boot.
  const storage::TimeRange range{run.run, Stream::kEvent, kNoChannel, Instant(),
                                 Instant(Instant::max().time_since_epoch() / 2)};
  storage::Bookmark bookmark;
  std::uint64_t unreadable = 0;
  for (bool last = false; !last;) {
    const Result<storage::RangePart> part = reader.range(range, bookmark, kBytesAtATime);
    if (!part) return part.error();
    for (const storage::StoredChunk& stored : part->chunks) {
      const Result<std::vector<Event>> events = chunk::decode_events(stored.chunk);
      if (!events) {
        ++unreadable;
        continue;
      }
      for (const Event& event : *events) listener.hear(event);
    }
    last = part->last;
  }
  listener.finish();
  return unreadable;
}

}  // namespace

void AlertSpans::add(const std::string& alert, const AlertEvent& event, WallTime time) {
  const auto found = active_.find(alert);
  if (event.change == AlertChange::kRaised) {
    // One that is raised anew was cleared by a step that is gone.
    if (found != active_.end()) over_.push_back(found->second);
    active_[alert] = {alert, time, std::nullopt, time, event.value, event.severity};
    return;
  }
  if (event.change != AlertChange::kCleared) return;
  if (found == active_.end()) {
    over_.push_back({alert, begin_, time, time, event.value, event.severity});
    return;
  }
  found->second.cleared = time;
  found->second.end = time;
  over_.push_back(std::move(found->second));
  active_.erase(found);
}

std::vector<AlertSpan> AlertSpans::finish(WallTime end) {
  for (auto& [name, span] : active_) {
    span.end = std::max(end, span.raised);
    over_.push_back(std::move(span));
  }
  active_.clear();
  std::stable_sort(over_.begin(), over_.end(),
                   [](const AlertSpan& a, const AlertSpan& b) { return a.raised < b.raised; });
  return std::move(over_);
}

Result<RecordedRuns> recorded_runs(storage::Reader& reader, std::span<const std::string> channels,
                                   WallTime from, WallTime to) {
  RecordedRuns found;
  std::map<RunId, RecordedRun> runs;
  std::set<RunId> without_clock;
  for (const std::string& name : channels) {
    const Result<std::vector<storage::ChannelRun>> runs_of = reader.runs_of(name);
    if (!runs_of) return runs_of.error();
    for (const storage::ChannelRun& one : *runs_of) {
      if (one.clocks.empty()) {
        without_clock.insert(one.run);
        continue;
      }
      if (!boot_span(one.clocks, from, to)) continue;
      RecordedRun& run = runs[one.run];
      run.run = one.run;
      run.clocks = one.clocks;
      run.channels[name].push_back({one.channel, one.period, std::nullopt, {}});
    }
  }
  found.without_clock = without_clock.size();
  for (auto& [id, run] : runs) {
    const Result<std::uint64_t> unreadable = hear_events(reader, run, from, to);
    if (!unreadable) return unreadable.error();
    found.unreadable += *unreadable;
    // The first clock record holds for what came before it too, and so for times without a run.
    if (run.end != Instant::max() && wall_at(run.clocks, run.end) < from) continue;
    if (wall_at(run.clocks, run.begin) >= to) continue;
    found.runs.push_back(std::move(run));
  }
  std::sort(found.runs.begin(), found.runs.end(), [](const RecordedRun& a, const RecordedRun& b) {
    return wall_at(a.clocks, a.begin) < wall_at(b.clocks, b.begin);
  });
  return found;
}

}  // namespace sluice::app
