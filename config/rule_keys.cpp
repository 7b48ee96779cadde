#include <array>
#include <chrono>
#include <string_view>

#include "config/key_tables.hpp"
#include "config/keys.hpp"
#include "core/alert.hpp"
#include "core/filter.hpp"
#include "core/time.hpp"

namespace sluice::config {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

using Words = std::string_view;
// In the order of FailSafe.
constexpr std::array kFailSafes{Words("hold"), Words("on"), Words("off")};
constexpr std::array kSeverities{Words("info"), Words("warning"), Words("critical")};

// Most names of other alerts in one list.
constexpr std::int64_t kNamesMax = 64;

// In the order of Aggregate.
constexpr std::array kAggregates{Words("mean"),  Words("min"),       Words("max"),  Words("sum"),
                                 Words("count"), Words("deviation"), Words("delta")};

constexpr Key kFilterKeys[] = {
    {.name = "median",
     .type = Type::kInteger,
     .low = 1,
     .high = static_cast<std::int64_t>(kFilterWindowMax),
     .meaning = "Median of this many values."},
    {.name = "mean",
     .type = Type::kInteger,
     .low = 1,
     .high = static_cast<std::int64_t>(kFilterWindowMax),
     .meaning = "Mean of this many values."},
    {.name = "exponential",
     .type = Type::kDuration,
     .low = to_ns(microseconds(100)),
     .high = kDay,
     .meaning = "First-order low pass with this time constant."},
    {.name = "clamp", .type = Type::kPair, .meaning = "Holds the value between these two."},
    {.name = "deadband",
     .type = Type::kNumber,
     .low = 0,
     .meaning = "Records a value only when it differs from the last recorded one by this much. "
                "Alerts see every value."},
    {.name = "silence",
     .type = Type::kDuration,
     .fallback = "\"10m\"",
     .low = to_ns(milliseconds(1)),
     .high = kDay,
     .meaning = "Beside `deadband`: a value is recorded at least this often."}};

constexpr Key kAlertKeys[] = {
    {.name = "name",
     .type = Type::kId,
     .required = true,
     .example = "name = \"too_hot\"",
     .low = 1,
     .high = kIdBytesMax,
     .meaning = "Unique in the gateway."},
    {.name = "above",
     .type = Type::kNumber,
     .meaning = "Holds while the value is at this limit or above."},
    {.name = "below",
     .type = Type::kNumber,
     .meaning = "Holds while the value is at this limit or below."},
    {.name = "rate_above",
     .type = Type::kNumber,
     .low = 0,
     .meaning = "Holds while the value changes by this much or more, up or down, in the unit per "
                "second; not 0."},
    {.name = "no_data",
     .type = Type::kDuration,
     .low = to_ns(milliseconds(1)),
     .high = 7 * kDay,
     .meaning = "Holds while no good reading has come for this long; longer than `period`."},
    {.name = "flat_line",
     .type = Type::kDuration,
     .low = to_ns(milliseconds(1)),
     .high = 7 * kDay,
     .meaning = "Holds while all values of this long are the same; longer than `period`."},
    {.name = "anomaly",
     .type = Type::kNumber,
     .low = 1,
     .high = 13,
     .meaning = "Holds when the value is so unusual for the channel that chance would come to it "
                "once in 10 to the power of this many readings; 4 is a good start, more is "
                "quieter. Learns from the channel's own past, at one value per 5 minutes."},
    {.name = "same",
     .type = Type::kInteger,
     .low = 2,
     .high = 1'000'000,
     .meaning = "Holds when this many good values in a row are the same."},
    {.name = "of",
     .type = Type::kChoice,
     .choices = kAggregates,
     .meaning =
         "Beside `above` or `below`: not the value is judged but this, of the good values of "
         "the last `over`. `count` is how many there were, `delta` the last less the first, "
         "`deviation` the standard one."},
    {.name = "at_least",
     .type = Type::kInteger,
     .low = 1,
     .high = SeveralOf::kLastMax,
     .meaning =
         "Beside `above` or `below`, with `of_last`: holds when at least so many of the last "
         "good values are at the limit or beyond."},
    {.name = "of_last",
     .type = Type::kInteger,
     .low = 1,
     .high = SeveralOf::kLastMax,
     .meaning = "Beside `at_least`: how many values are looked at."},
    {.name = "clear",
     .type = Type::kNumber,
     .meaning = "Beside `above`, `below`, `rate_above`: where the condition ends; at the limit or "
                "on its quiet side. Without it the limit."},
    {.name = "over",
     .type = Type::kDuration,
     .fallback = "\"10s\"",
     .low = to_ns(milliseconds(1)),
     .high = kDay,
     .meaning = "Beside `rate_above`: time over which the change is measured; at least `period`. "
                "Beside `of`: length of the window; more than `period`."},
    {.name = "tolerance",
     .type = Type::kNumber,
     .fallback = "0",
     .low = 0,
     .meaning =
         "Beside `flat_line` and `same`: how far apart values may lie and still be the same."},
    {.name = "for",
     .type = Type::kDuration,
     .fallback = "\"0s\"",
     .low = 0,
     .high = kDay,
     .meaning = "How long the condition must have held before the alert is raised."},
    {.name = "severity",
     .type = Type::kChoice,
     .fallback = "\"warning\"",
     .choices = kSeverities,
     .meaning = "How bad it is."},
    {.name = "cooldown",
     .type = Type::kDuration,
     .fallback = "\"0s\"",
     .low = 0,
     .high = kDay,
     .meaning = "How long the condition must have ended before the alert is cleared, so that a "
                "flapping value is one alert with a count."},
    {.name = "escalate_after",
     .type = Type::kDuration,
     .fallback = "\"0s\"",
     .low = 0,
     .high = 7 * kDay,
     .meaning = "Raised this long without being acknowledged, the alert becomes one severity "
                "worse; `\"0s\"` never."},
    {.name = "action",
     .type = Type::kId,
     .low = 1,
     .high = kIdBytesMax,
     .meaning = "Name of the actuator that is on while the alert is active. Without it none."},
    {.name = "fail_safe",
     .type = Type::kChoice,
     .fallback = "\"hold\"",
     .choices = kFailSafes,
     .meaning = "Beside `action`: what the alert wants of the actuator while the channel has no "
                "good value; `hold` leaves it as the alert is."},
    {.name = "fail_safe_after",
     .type = Type::kDuration,
     .fallback = "\"0s\"",
     .low = 0,
     .high = kDay,
     .meaning = "How long the channel must have been without a good value for that."},
    {.name = "inhibited_by",
     .type = Type::kTexts,
     .low = 1,
     .high = kNamesMax,
     .meaning = "Names of other alerts: while one of them is active this one is not raised."}};

constexpr Key kCompositeKeys[] = {
    {.name = "name",
     .type = Type::kId,
     .required = true,
     .example = "name = \"line_stopped\"",
     .low = 1,
     .high = kIdBytesMax,
     .meaning = "Unique in the gateway."},
    {.name = "all",
     .type = Type::kTexts,
     .low = 1,
     .high = kNamesMax,
     .meaning = "Holds while all of these alerts are active."},
    {.name = "any",
     .type = Type::kTexts,
     .low = 1,
     .high = kNamesMax,
     .meaning = "Holds while at least one of these is; beside `all` both have to be true."},
    {.name = "none",
     .type = Type::kTexts,
     .low = 1,
     .high = kNamesMax,
     .meaning = "Holds while none of these is; beside `all` and `any` each has to be true."},
    {.name = "bus_down",
     .type = Type::kText,
     .low = 1,
     .high = kTextBytesMax,
     .meaning = "Instead of these: holds while the drivers of all channels on this bus are down; "
                "its name as `sluice status` shows it."},
    {.name = "for",
     .type = Type::kDuration,
     .fallback = "\"0s\"",
     .low = 0,
     .high = kDay,
     .meaning = "How long that must have been true before the alert is raised."},
    {.name = "severity",
     .type = Type::kChoice,
     .fallback = "\"warning\"",
     .choices = kSeverities,
     .meaning = "How bad it is."},
    {.name = "cooldown",
     .type = Type::kDuration,
     .fallback = "\"0s\"",
     .low = 0,
     .high = kDay,
     .meaning = "How long it must have been untrue before the alert is cleared."},
    {.name = "escalate_after",
     .type = Type::kDuration,
     .fallback = "\"0s\"",
     .low = 0,
     .high = 7 * kDay,
     .meaning = "Raised this long without being acknowledged, the alert becomes one severity "
                "worse; `\"0s\"` never."},
    {.name = "action",
     .type = Type::kId,
     .low = 1,
     .high = kIdBytesMax,
     .meaning = "Name of the actuator that is on while the alert is active. Without it none."},
    {.name = "inhibited_by",
     .type = Type::kTexts,
     .low = 1,
     .high = kNamesMax,
     .meaning = "Names of other alerts: while one of them is active this one is not raised."}};

}  // namespace

std::span<const Key> composite_keys() {
  return kCompositeKeys;
}
std::span<const Key> filter_keys() {
  return kFilterKeys;
}
std::span<const Key> alert_keys() {
  return kAlertKeys;
}

}  // namespace sluice::config
