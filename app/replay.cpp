#include "app/replay.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "app/crossings.hpp"
#include "app/equipment.hpp"
#include "app/handover.hpp"
#include "app/history.hpp"
#include "app/numbering.hpp"
#include "app/plan.hpp"
#include "app/plan_builder.hpp"
#include "app/realtime_loop.hpp"
#include "app/stored_sensor.hpp"
#include "app/wall_spans.hpp"
#include "chunk/frame.hpp"
#include "chunk/readings.hpp"
#include "core/check.hpp"

namespace sluice::app {
namespace {

// What one step of the loop can make at most.
constexpr std::size_t kRingReadings = 4 * kChannelNumbersMax;

Instant first_tick(Instant from, Duration period) {
  return next_tick(from - Duration(1), period);
}

// One run of the gateway, again.
class Rerun {
 public:
  Rerun(storage::Reader& reader, const RecordedRun& run, const ReplayConfig& config,
        const ReplaySpan& span)
      : reader_(reader), run_(run), config_(config), span_(span) {}

  // REQUIRES: the run has something in the span.
  Result<> run(Equipment& equipment, Numbering& numbering, ReplayOutcome& outcome) {
    const std::optional<storage::Span> counted = boot_span(run_.clocks, span_.from, span_.to);
    CHECK(counted.has_value());
    const std::optional<storage::Span> whole =
        boot_span(run_.clocks, span_.from - span_.warm_up, span_.to);
    counted_from_ = counted->first;
    open_sensors(whole.value_or(*counted));
    const std::optional<Instant> begin = first_record();
    AlertSpans spans(span_.from);
    if (begin) {
      Result<> built = build(equipment, numbering, *begin);
      if (!built) return built;
      work(spans, outcome);
    }
    outcome.alerts.push_back(spans.finish(span_.to));
    std::erase_if(outcome.alerts.back(),
                  [&](const AlertSpan& one) { return one.end < span_.from; });
    return close(outcome);
  }

 private:
  // A channel that has a sensor, and where it is read.
  struct Source {
    std::string channel;
    std::unique_ptr<StoredSensor> sensor;
    Duration period{};  // at which it was recorded
    Slot* slot = nullptr;
    Group* group = nullptr;
  };

  void open_sensors(const storage::Span& boot) {
    end_ = boot.last;
    const std::size_t bytes_at_a_time = std::clamp<std::size_t>(
        256 * 1024 / std::max<std::size_t>(1, config_.feeds.size()), 1024, 16 * 1024);
    for (const config::ChannelOptions& channel : config_.config.channels) {
      const auto feed = config_.feeds.find(channel.spec.name);
      const auto recorded = run_.channels.find(channel.spec.name);
      if (feed == config_.feeds.end() || recorded == run_.channels.end()) continue;
      for (const RecordedChannel& one : recorded->second) {
        if (one.unit && *one.unit != channel.spec.unit) continue;
        const Duration hold = std::max(one.period, feed->second.hold_min);
        longest_period_ = std::max({longest_period_, one.period, channel.spec.period});
        sources_.push_back(
            {channel.spec.name,
             std::make_unique<StoredSensor>(
                 reader_,
                 StoredSensor::Options{.range = {run_.run, Stream::kRaw, one.id, boot.first, end_},
                                       .hold = hold,
                                       .recorded = one.calibrations,
                                       .wanted = feed->second.wanted,
                                       .recorded_range = feed->second.recorded_range,
                                       .bytes_at_a_time = bytes_at_a_time}),
             one.period});
        // Of a run whose declarations are gone there may be two; nobody knows which one fits.
        break;
      }
    }
  }

  std::optional<Instant> first_record() {
    std::optional<Instant> first;
    for (const Source& source : sources_) {
      const std::optional<Instant> next = source.sensor->next();
      if (next && (!first || *next < *first)) first = next;
    }
    return first;
  }

  Result<> build(Equipment& equipment, Numbering& numbering, Instant begin) {
    Result<BuiltPlan> built = build_plan(config_.config, equipment, numbering, begin);
    if (!built) return built.error();
    plan_ = built->plan.get();
    ValueHints hints;
    for (const Event& event : built->declarations) {
      if (const auto* const alert = std::get_if<AlertDeclared>(&event)) {
        alerts_[alert->alert] = alert->name;
      }
      const auto* const channel = std::get_if<ChannelDeclared>(&event);
      if (channel == nullptr) continue;
      const auto feed = config_.feeds.find(channel->name);
      const Calibration calibration =
          feed == config_.feeds.end() ? channel->calibration : feed->second.wanted;
      if (calibration != Calibration{}) {
        hints[channel->channel] = {calibration.scale, calibration.offset};
      }
      for (Source& source : sources_) {
        if (source.channel == channel->name) source.slot = plan_->find(channel->channel);
      }
    }
    if (span_.volumes) volume_.emplace(config_.config, std::move(hints));
    loop_ = std::make_unique<RealtimeLoop>(std::move(built->plan), crossings_, plans_, begin);
    for (Group& group : plan_->groups()) {
      for (Slot& slot : group.slots) {
        slot.sensor = nullptr;
        for (Source& source : sources_) {
          if (source.slot == &slot) source.group = &group;
        }
      }
    }
    start(begin);
    return Ok{};
  }

  // What a gateway reads first of all lies off the grid of its periods, for all of its channels.
  void start(Instant begin) {
    const bool on_the_grid =
        std::any_of(sources_.begin(), sources_.end(), [&](const Source& source) {
          return begin.time_since_epoch() % source.period == Duration::zero();
        });
    for (Group& group : plan_->groups()) {
      group.next = on_the_grid ? first_tick(begin, group.period) : begin;
    }
  }
  void skip_to(Instant time) {
    for (Group& group : plan_->groups()) {
      group.next = std::max(group.next, first_tick(time, group.period));
    }
  }

  void work(AlertSpans& spans, ReplayOutcome& outcome) {
    for (Instant tick = plan_->next_deadline(); tick < end_; tick = plan_->next_deadline()) {
      const Fed fed = feed(tick);
      if (!fed.more && tick > newest_) break;
      if (!fed.any) {
        const std::optional<Instant> next = first_record();
        // Nothing is recorded for longer than any channel rests: the gateway was not at work.
        if (next && *next - tick > longest_period_) {
          skip_to(*next);
          continue;
        }
      }
      loop_->step(tick);
      collect(spans, outcome);
    }
    if (volume_) volume_->finish();
  }

  struct Fed {
    bool any = false;   // something was recorded of this tick
    bool more = false;  // ... and something is of later ones
  };
  // Gives the channels that are due at `tick` what was recorded of it.
  Fed feed(Instant tick) {
    Fed fed;
    for (Source& source : sources_) {
      if (source.group->next <= tick) {
        const bool there = source.sensor->advance(tick);
        source.slot->sensor = there ? source.sensor.get() : nullptr;
        fed.any = fed.any || there;
        newest_ = std::max(newest_, source.sensor->newest());
      }
      fed.more = fed.more || !source.sensor->ended();
    }
    return fed;
  }

  void collect(AlertSpans& spans, ReplayOutcome& outcome) {
    while (const std::optional<Reading> reading = crossings_.readings.try_pop()) {
      if (reading->time < counted_from_) continue;
      ++outcome.readings[static_cast<std::size_t>(reading->quality)];
      if (volume_) volume_->add(*reading);
    }
    while (const std::optional<AlertEvent> event = crossings_.alerts.try_pop()) {
      static_cast<void>(crossings_.live_alerts.try_pop());
      spans.add(alerts_.at(event->alert), *event, wall_at(run_.clocks, event->time));
      if (event->time < counted_from_) continue;
      ++outcome.alert_steps;
      if (volume_) volume_->add(*event);
    }
  }

  Result<> close(ReplayOutcome& outcome) {
    const LoopStatus status = crossings_.loop.read();
    if (status.lost_alerts.count + status.lost_readings.count > 0) {
      return Error{ErrorCode::kFull, "one tick makes more alerts than a gateway takes"};
    }
    const std::uint64_t before = outcome.records;
    for (const Source& source : sources_) {
      if (source.sensor->error()) return *source.sensor->error();
      outcome.records += source.sensor->records();
      outcome.unreadable += source.sensor->unreadable();
    }
    outcome.runs += outcome.records > before ? 1 : 0;
    if (!volume_) return Ok{};
    for (std::size_t stream = 0; stream < kStreamCount; ++stream) {
      const Volume& more = volume_->volumes()[stream];
      Volume& sum = outcome.volumes[stream];
      sum.records += more.records;
      sum.chunks += more.chunks;
      sum.chunk_bytes += more.chunk_bytes;
      sum.batch_bytes += more.batch_bytes;
    }
    return Ok{};
  }

  storage::Reader& reader_;
  const RecordedRun& run_;
  const ReplayConfig& config_;
  const ReplaySpan& span_;
  Instant counted_from_;
  Instant end_;                      // of what is read
  Instant newest_ = Instant::min();  // record that was read
  Duration longest_period_{};
  std::vector<Source> sources_;
  Crossings crossings_{kRingReadings};
  Handover<Plan> plans_;
  std::unique_ptr<RealtimeLoop> loop_;
  Plan* plan_ = nullptr;  // the loop's
  std::map<AlertId, std::string> alerts_;
  std::optional<ReplayVolume> volume_;
};

Result<> add_volume(storage::Reader& reader, const storage::TimeRange& range,
                    RecordedVolume& volume) {
  storage::Bookmark bookmark;
  std::set<Instant> in_frames;
  const auto inside = [&](const Reading& reading) {
    return reading.channel == range.channel && reading.time >= range.from &&
           reading.time < range.to;
  };
  for (bool last = false; !last;) {
    const Result<storage::RangePart> part = reader.range(range, bookmark, 256 * 1024);
    if (!part) return part.error();
    for (const storage::StoredChunk& stored : part->chunks) {
      const Result<std::vector<Reading>> readings = chunk::decode_readings(stored.chunk);
      if (!readings) continue;  // counted by the replay
      std::uint64_t within = 0;
      for (const Reading& reading : *readings) {
        if (!inside(reading) || in_frames.contains(reading.time)) continue;
        ++within;
        ++volume.readings[static_cast<std::size_t>(reading.quality)];
      }
      volume.chunk_bytes += stored.chunk.bytes.size() * within / readings->size();
    }
    for (const Bytes& frame : part->frames) {
      const Result<std::vector<Reading>> readings = chunk::decode_frame(frame);
      if (!readings) continue;
      for (const Reading& reading : *readings) {
        if (!inside(reading)) continue;
        in_frames.insert(reading.time);
        ++volume.in_hot_tail;
        ++volume.readings[static_cast<std::size_t>(reading.quality)];
      }
    }
    last = part->last;
  }
  return Ok{};
}

// By alert; each ascending and without an overlap, for an alert is active or not.
std::map<std::string, std::vector<AlertSpan>> by_alert(const std::vector<AlertSpan>& spans) {
  std::map<std::string, std::vector<AlertSpan>> sorted;
  for (const AlertSpan& span : spans) sorted[span.alert].push_back(span);
  return sorted;
}

bool has_match(const AlertSpan& span, const std::vector<AlertSpan>& others) {
  const auto first =
      std::lower_bound(others.begin(), others.end(), span.raised,
                       [](const AlertSpan& other, WallTime raised) { return other.end < raised; });
  return first != others.end() && first->raised <= span.end;
}

}  // namespace

Result<ReplayOutcome> replay(storage::Reader& reader, const RecordedRuns& runs,
                             const ReplayConfig& config, const ReplaySpan& span) {
  Equipment equipment;
  if (Result<> opened = equipment.open(config.config); !opened) return opened.error();
  Numbering numbering;
  ReplayOutcome outcome;
  for (const RecordedRun& run : runs.runs) {
    const auto rerun = std::make_unique<Rerun>(reader, run, config, span);
    if (Result<> done = rerun->run(equipment, numbering, outcome); !done) return done.error();
  }
  return outcome;
}

Result<RecordedVolume> recorded_volume(storage::Reader& reader, const RecordedRuns& runs,
                                       WallTime from, WallTime to) {
  RecordedVolume volume;
  for (const RecordedRun& run : runs.runs) {
    const std::optional<storage::Span> boot = boot_span(run.clocks, from, to);
    if (!boot) continue;
    for (const auto& [name, channels] : run.channels) {
      for (const RecordedChannel& channel : channels) {
        Result<> added = add_volume(
            reader, {run.run, Stream::kRaw, channel.id, boot->first, boot->last}, volume);
        if (!added) return added.error();
      }
    }
  }
  return volume;
}

std::map<std::string, AlertDifference> differences(
    const std::vector<std::vector<AlertSpan>>& before,
    const std::vector<std::vector<AlertSpan>>& after) {
  CHECK(before.size() == after.size());
  std::map<std::string, AlertDifference> found;
  for (std::size_t run = 0; run < before.size(); ++run) {
    std::map<std::string, std::vector<AlertSpan>> old = by_alert(before[run]);
    std::map<std::string, std::vector<AlertSpan>> fresh = by_alert(after[run]);
    for (const AlertSpan& span : before[run]) {
      AlertDifference& one = found[span.alert];
      ++one.before;
      if (!has_match(span, fresh[span.alert])) one.only_before.push_back(span);
    }
    for (const AlertSpan& span : after[run]) {
      AlertDifference& one = found[span.alert];
      ++one.after;
      if (has_match(span, old[span.alert])) {
        ++one.both;
      } else {
        one.only_after.push_back(span);
      }
    }
  }
  return found;
}

}  // namespace sluice::app
