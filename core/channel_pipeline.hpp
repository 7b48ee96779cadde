#pragma once
// The way of a sample through one channel: quality, calibration, range, filters, alert rules. Owned
// by the real-time thread. All memory is taken at construction; nothing else here allocates.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/alert.hpp"
#include "core/alert_state.hpp"
#include "core/anomaly.hpp"
#include "core/calibration.hpp"
#include "core/channel.hpp"
#include "core/condition.hpp"
#include "core/filter.hpp"
#include "core/reading.hpp"
#include "core/summary.hpp"
#include "core/time.hpp"

namespace sluice {

class ChannelPipeline {
 public:
  struct Outcome {
    std::optional<Reading> reading;  // to be recorded; none when a deadband holds it back
    std::size_t alert_count = 0;     // how many of `alerts` were written
  };

  // `alerts` are the numbers of spec.alerts, in that order. REQUIRES: as many of both, at most
  // kAlertsPerChannelMax, and at most kFiltersPerChannelMax filters.
  ChannelPipeline(ChannelId channel, const ChannelSpec& spec, std::span<const AlertId> alerts);

  // One tick of this channel; call it with a kMissing sample too. A good value that is not a finite
  // number becomes kFault, one outside the range kOutOfRange. Filters and value rules see good
  // values only (kSuspectClock counts as good: its value is); what is not good is recorded in the
  // channel's unit as it came and goes round them. A missing value is recorded as 0.
  // REQUIRES: ticks do not go back; alerts.size() >= alert_count(), for a tick has at most one step
  // of each alert.
  Outcome process(Instant tick, const Sample& raw, std::span<AlertEvent> alerts);

  // None when the alert is not of this channel, not active, or acknowledged before.
  std::optional<AlertEvent> acknowledge(AlertId alert, Instant now);

  // Takes over from `previous`, the same channel's pipeline before a reload: alerts whose name,
  // number and condition stayed go on living, filters remember if the chain and the scale stayed,
  // the anomaly detector too.
  // An alert of `previous` that is active and has no heir here is cleared: its event is written to
  // `cleared` and the return value counts them. So no raised alert is ever left without its end,
  // provided that a channel that goes altogether is retire()d.
  // REQUIRES: previous.channel() == channel(); cleared.size() >= previous.alert_count().
  [[nodiscard]] std::size_t adopt(const ChannelPipeline& previous, Instant now,
                                  std::span<AlertEvent> cleared);
  // The channel goes: clears every active alert. REQUIRES: cleared.size() >= alert_count().
  [[nodiscard]] std::size_t retire(Instant now, std::span<AlertEvent> cleared);

  ChannelId channel() const { return channel_; }
  // The newest reading, recorded or not; kMissing before the first.
  const Reading& latest() const { return latest_; }

  // Alerts by their place in the spec. REQUIRES: index < alert_count().
  std::size_t alert_count() const { return alerts_.size(); }
  bool active(std::size_t index) const { return alert(index).active(); }
  const AlertState& alert(std::size_t index) const;
  const AlertRule& rule(std::size_t index) const;
  AlertId id(std::size_t index) const;
  // What the channel, and each of its alerts, remembers, as raw bytes; the fingerprints tell whose
  // they are (core/fingerprint.hpp). REQUIRES: bytes of just that size, and of the same
  // fingerprint.
  std::uint64_t fingerprint() const { return fingerprint_; }
  std::size_t state_bytes() const;
  void save(std::span<std::byte> bytes) const;
  void load(std::span<const std::byte> bytes);
  std::uint64_t fingerprint(std::size_t index) const;
  std::size_t state_bytes(std::size_t index) const;
  void save(std::size_t index, std::span<std::byte> bytes) const;
  // The state was saved at `saved`, and goes on at `now`.
  void load(std::size_t index, std::span<const std::byte> bytes, Instant saved, Instant now);
  // Whether the alert is active, and as what, is known better than by load(). None: it is not.
  void correct(std::size_t index, const std::optional<AlertState::Active>& active, Instant now);
  // Whether an alert that this one is inhibited by is active; from the next tick on.
  void inhibit(std::size_t index, bool inhibited);

 private:
  struct Alert {
    AlertId id{};
    AlertRule rule;
    ConditionState condition;
    std::vector<Summary> panes;  // of a condition on a window
    AlertState state;
    bool inhibited = false;
    std::uint64_t fingerprint = 0;
  };

  struct Conditioned {
    double value = 0.0;
    Quality quality = Quality::kMissing;
    bool recorded = true;
  };
  Sample validate(const Sample& raw) const;
  Conditioned condition(Instant tick, const Sample& sample);
  AlertEvent event_of(const Alert& alert, AlertChange change, Instant time) const;
  Alert* heir_of(const Alert& previous);

  ChannelId channel_;
  std::uint64_t fingerprint_;
  std::string unit_;
  Calibration calibration_;
  Range range_;
  FilterChain filters_;
  std::vector<Alert> alerts_;
  std::vector<AnomalyDetector> detector_;  // one if a rule wants its scores, else none
  Reading latest_;
  double last_good_;  // what the rules saw last; NaN before the first
};

}  // namespace sluice
