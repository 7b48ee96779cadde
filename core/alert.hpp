#pragma once
// Words of alerting: the rules as values, and what is recorded of an alert's life.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/reading.hpp"
#include "core/time.hpp"

namespace sluice {

// Number of an alert within one run; its name and rule are declared by an AlertDeclared event.
enum class AlertId : std::uint16_t {};
constexpr std::uint16_t index_of(AlertId alert) {
  return static_cast<std::uint16_t>(alert);
}

// Part of the wire format: numbers stay.
enum class Severity : std::uint8_t { kInfo = 0, kWarning = 1, kCritical = 2 };
inline constexpr std::uint8_t kSeverityCount = 3;
std::string_view name_of(Severity severity);  // "info", "warning", "critical"

// Holds while value >= limit, ends at value <= clear. REQUIRES: clear <= limit.
struct Above {
  double limit = 0.0;
  double clear = 0.0;
  bool operator==(const Above&) const = default;
};
// Holds while value <= limit, ends at value >= clear. REQUIRES: clear >= limit.
struct Below {
  double limit = 0.0;
  double clear = 0.0;
  bool operator==(const Below&) const = default;
};
// |value - value `over` ago| / over, in the channel's unit per second. REQUIRES: 0 <= clear <=
// limit.
struct RateOfChange {
  double limit_per_s = 0.0;
  double clear_per_s = 0.0;
  Duration over = std::chrono::seconds(10);
  bool operator==(const RateOfChange&) const = default;
};
// No good reading for `after`; ends with the next good one.
struct NoData {
  Duration after{};
  bool operator==(const NoData&) const = default;
};
// All good values within `tolerance` of each other for `after`; ends with the first that leaves.
struct FlatLine {
  double tolerance = 0.0;
  Duration after{};
  bool operator==(const FlatLine&) const = default;
};
// So unusual for the channel that chance would come to it once in 10^decades beats
// (core/anomaly.hpp). Holds for the cool-down after an alarm, and on while alarms follow.
// REQUIRES: decades > 0.
struct Anomaly {
  double decades = 4.0;  // fixed on labelled recordings, docs/anomaly.md
  bool operator==(const Anomaly&) const = default;
};
// A limit on one side, with the level on its quiet side where it ends.
// REQUIRES: clear <= limit if upwards, clear >= limit if not.
struct Level {
  bool upwards = true;  // holds at the limit and above it; else at the limit and below it
  double limit = 0.0;
  double clear = 0.0;
  bool operator==(const Level&) const = default;
};
// In the order of the key `of` (config/rule_keys.cpp).
enum class Aggregate : std::uint8_t { kMean, kMin, kMax, kSum, kCount, kDeviation, kDelta };
std::string_view name_of(Aggregate aggregate);  // "mean", "min" ... "delta"
// An aggregate of the good values of the last `over`, judged at the end of each hop, which is a
// part of `over` (core/sliding_window.hpp).
struct WindowLevel {
  Aggregate of = Aggregate::kMean;
  Level level{};
  Duration over{};
  Duration period{};  // of the channel; the hop is made to fit it
  bool operator==(const WindowLevel&) const = default;
};
// Holds while at least `least` of the last `last` good values are at the limit or beyond; ends when
// fewer are beyond the clear level. REQUIRES: 1 <= least <= last <= kLastMax.
struct SeveralOf {
  static constexpr std::uint32_t kLastMax = 64;
  Level level{};
  std::uint32_t least = 1;
  std::uint32_t last = 1;
  bool operator==(const SeveralOf&) const = default;
};
// The last `times` good values are within `tolerance` of each other; ends with the first that
// leaves. REQUIRES: times >= 2.
struct Repeats {
  std::uint32_t times = 2;
  double tolerance = 0.0;
  bool operator==(const Repeats&) const = default;
};
using Condition = std::variant<Above, Below, RateOfChange, NoData, FlatLine, Anomaly, WindowLevel,
                               SeveralOf, Repeats>;

// What an alert wants of its actuator while its channel has no good value.
enum class FailSafe : std::uint8_t {
  kHold,  // what it says itself: an alert that is active without evidence stays so
  kOn,
  kOff,
};

// One rule of one channel, as the operator wrote it.
struct AlertRule {
  std::string name{};  // unique in the gateway, an id
  Condition condition{};
  Severity severity = Severity::kWarning;
  Duration hold{};            // the condition must have held this long before the alert is raised
  Duration cooldown{};        // ... and have been clear this long before it is cleared, so that a
                              // flapping value is one alert with a count
  Duration escalate_after{};  // raised this long without acknowledgement: one severity up; 0 never
  std::string action{};       // actuator that is on while the alert is active; empty for none
  FailSafe fail_safe = FailSafe::kHold;
  Duration fail_safe_after{};  // how long the channel must have been without a good value for that
  // While one of these alerts is active this one is not raised. It needs to be due at two ticks in
  // a row then, so that those of the same tick have their say.
  std::vector<std::string> inhibited_by{};
  bool operator==(const AlertRule&) const = default;
};
// Most rules on one channel; bounds what one reading can cause.
inline constexpr std::size_t kAlertsPerChannelMax = 16;

// Part of the wire format: numbers stay.
enum class AlertChange : std::uint8_t {
  kRaised = 0,
  kEscalated = 1,
  kAcknowledged = 2,
  kCleared = 3
};
inline constexpr std::uint8_t kAlertChangeCount = 4;
std::string_view name_of(AlertChange change);  // "raised", "escalated", "acknowledged", "cleared"

// One step in the life of an alert.
struct AlertEvent {
  Instant time;
  double value = 0.0;       // the reading that caused the step; the last good one for NoData
  std::uint32_t count = 0;  // times the condition began to hold since the alert was raised
  AlertId alert{};
  ChannelId channel = kNoChannel;
  AlertChange change = AlertChange::kRaised;
  Severity severity = Severity::kWarning;
  bool operator==(const AlertEvent&) const = default;
};

}  // namespace sluice
