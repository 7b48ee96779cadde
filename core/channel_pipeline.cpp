#include "core/channel_pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>

#include "core/check.hpp"
#include "core/fingerprint.hpp"
#include "core/raw_state.hpp"

namespace sluice {

ChannelPipeline::ChannelPipeline(ChannelId channel, const ChannelSpec& spec,
                                 std::span<const AlertId> alerts)
    : channel_(channel),
      fingerprint_(fingerprint_of_channel(spec)),
      unit_(spec.unit),
      calibration_(spec.calibration),
      range_(spec.range),
      filters_(spec.filters),
      latest_{.time = {}, .channel = channel},
      last_good_(std::numeric_limits<double>::quiet_NaN()) {
  CHECK(spec.filters.size() <= kFiltersPerChannelMax);
  CHECK(spec.alerts.size() <= kAlertsPerChannelMax);
  CHECK(spec.alerts.size() == alerts.size());
  alerts_.reserve(alerts.size());
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const AlertRule& rule = spec.alerts[i];
    const ConditionState condition(rule.condition);
    alerts_.push_back({alerts[i], rule, condition, std::vector<Summary>(condition.pane_count()),
                       AlertState(), false, fingerprint_of_rule(spec, rule)});
    if (std::holds_alternative<Anomaly>(rule.condition)) detector_.resize(1);
  }
}

ChannelPipeline::Outcome ChannelPipeline::process(Instant tick, const Sample& raw,
                                                  std::span<AlertEvent> alerts) {
  CHECK(alerts.size() >= alerts_.size());
  const Conditioned conditioned = condition(tick, validate(raw));
  // Field by field: a whole Reading built from fields and copied at once waits for its own stores.
  latest_.time = tick;
  latest_.value = conditioned.value;
  latest_.quality = conditioned.quality;
  Outcome outcome;
  if (conditioned.recorded) {
    outcome.reading = Reading{tick, conditioned.value, channel_, conditioned.quality};
  }

  std::optional<double> good;
  if (has_good_value(conditioned.quality)) good = last_good_ = conditioned.value;
  std::optional<double> score;
  if (good && !detector_.empty()) score = detector_.front().update(tick, *good);
  for (Alert& alert : alerts_) {
    const Verdict verdict = alert.condition.update(tick, good, score, alert.panes);
    const std::optional<AlertChange> change =
        alert.state.update(alert.rule, verdict, tick, alert.inhibited);
    if (change) alerts[outcome.alert_count++] = event_of(alert, *change, tick);
  }
  return outcome;
}

Sample ChannelPipeline::validate(const Sample& raw) const {
  if (raw.quality == Quality::kMissing) return {0.0, raw.quality};
  const double value = calibration_.apply(raw.value);
  if (!has_good_value(raw.quality)) return {value, raw.quality};
  if (!std::isfinite(value)) return {value, Quality::kFault};
  return {value, range_.contains(value) ? raw.quality : Quality::kOutOfRange};
}

ChannelPipeline::Conditioned ChannelPipeline::condition(Instant tick, const Sample& sample) {
  if (!has_good_value(sample.quality)) {
    filters_.interrupt();
    return {sample.value, sample.quality, true};
  }
  const FilterChain::Filtered filtered = filters_.apply(sample.value, tick);
  // The sum inside a mean can overflow where its values do not.
  if (!std::isfinite(filtered.value)) return {sample.value, Quality::kFault, true};
  return {filtered.value, sample.quality, filtered.recorded};
}

std::optional<AlertEvent> ChannelPipeline::acknowledge(AlertId id, Instant now) {
  for (Alert& alert : alerts_) {
    if (alert.id != id) continue;
    const std::optional<AlertChange> change = alert.state.acknowledge();
    if (change) return event_of(alert, *change, now);
  }
  return std::nullopt;
}

std::size_t ChannelPipeline::adopt(const ChannelPipeline& previous, Instant now,
                                   std::span<AlertEvent> cleared) {
  CHECK(previous.channel_ == channel_);
  CHECK(cleared.size() >= previous.alerts_.size());
  // Values remembered in another scale would look like a jump.
  const bool same_scale = previous.unit_ == unit_ && previous.calibration_ == calibration_;
  if (same_scale) {
    const bool same_filters = filters_.adopt(previous.filters_);
    // Values that are filtered otherwise are unlike those that it learnt.
    if (same_filters && !detector_.empty() && !previous.detector_.empty()) {
      detector_.front() = previous.detector_.front();
    }
    latest_ = previous.latest_;
    last_good_ = previous.last_good_;
  }
  std::size_t count = 0;
  for (const Alert& old : previous.alerts_) {
    if (Alert* const heir = heir_of(old)) {
      heir->state = old.state;
      const bool is_silence = std::holds_alternative<NoData>(old.rule.condition);
      if (same_scale || is_silence) {
        heir->condition = old.condition;
        // As many, for it is the same condition: nothing is allocated.
        std::copy(old.panes.begin(), old.panes.end(), heir->panes.begin());
      }
    } else if (old.state.active()) {
      cleared[count++] = previous.event_of(old, AlertChange::kCleared, now);
    }
  }
  return count;
}

std::size_t ChannelPipeline::retire(Instant now, std::span<AlertEvent> cleared) {
  CHECK(cleared.size() >= alerts_.size());
  std::size_t count = 0;
  for (Alert& alert : alerts_) {
    const std::optional<AlertChange> change = alert.state.retire();
    if (change) cleared[count++] = event_of(alert, *change, now);
  }
  return count;
}

const AlertState& ChannelPipeline::alert(std::size_t index) const {
  CHECK(index < alerts_.size());
  return alerts_[index].state;
}

const AlertRule& ChannelPipeline::rule(std::size_t index) const {
  CHECK(index < alerts_.size());
  return alerts_[index].rule;
}

AlertId ChannelPipeline::id(std::size_t index) const {
  CHECK(index < alerts_.size());
  return alerts_[index].id;
}

std::size_t ChannelPipeline::state_bytes() const {
  return filters_.state_bytes() + detector_.size() * sizeof(AnomalyDetector) + sizeof(last_good_);
}

void ChannelPipeline::save(std::span<std::byte> bytes) const {
  CHECK(bytes.size() == state_bytes());
  RawWriter writer(bytes);
  filters_.save(writer);
  for (const AnomalyDetector& detector : detector_) writer.put(detector);
  writer.put(last_good_);
}

void ChannelPipeline::load(std::span<const std::byte> bytes) {
  CHECK(bytes.size() == state_bytes());
  RawReader reader(bytes);
  filters_.load(reader);
  for (AnomalyDetector& detector : detector_) reader.take(detector);
  reader.take(last_good_);
}

std::uint64_t ChannelPipeline::fingerprint(std::size_t index) const {
  CHECK(index < alerts_.size());
  return alerts_[index].fingerprint;
}

std::size_t ChannelPipeline::state_bytes(std::size_t index) const {
  CHECK(index < alerts_.size());
  return sizeof(ConditionState) + sizeof(AlertState) +
         alerts_[index].panes.size() * sizeof(Summary);
}

void ChannelPipeline::save(std::size_t index, std::span<std::byte> bytes) const {
  CHECK(bytes.size() == state_bytes(index));
  const Alert& alert = alerts_[index];
  RawWriter writer(bytes);
  writer.put(alert.condition);
  writer.put(alert.state);
  for (const Summary& pane : alert.panes) writer.put(pane);
}

void ChannelPipeline::load(std::size_t index, std::span<const std::byte> bytes, Instant saved,
                           Instant now) {
  CHECK(bytes.size() == state_bytes(index));
  Alert& alert = alerts_[index];
  RawReader reader(bytes);
  reader.take(alert.condition);
  reader.take(alert.state);
  for (Summary& pane : alert.panes) reader.take(pane);
  alert.condition.resume(saved, now);
}

void ChannelPipeline::correct(std::size_t index, const std::optional<AlertState::Active>& active,
                              Instant now) {
  CHECK(index < alerts_.size());
  Alert& alert = alerts_[index];
  if (active) {
    alert.state.correct(*active);
    alert.condition.assume_held(now);
  } else if (alert.state.active()) {
    alert.state = AlertState();
  }
}

void ChannelPipeline::inhibit(std::size_t index, bool inhibited) {
  CHECK(index < alerts_.size());
  alerts_[index].inhibited = inhibited;
}

AlertEvent ChannelPipeline::event_of(const Alert& alert, AlertChange change, Instant time) const {
  return {.time = time,
          .value = last_good_,
          .count = alert.state.count(),
          .alert = alert.id,
          .channel = channel_,
          .change = change,
          .severity = alert.state.severity()};
}

ChannelPipeline::Alert* ChannelPipeline::heir_of(const Alert& previous) {
  const auto found = std::find_if(alerts_.begin(), alerts_.end(), [&](const Alert& alert) {
    return alert.id == previous.id && alert.rule.name == previous.rule.name &&
           alert.rule.condition == previous.rule.condition;
  });
  return found == alerts_.end() ? nullptr : &*found;
}

}  // namespace sluice
