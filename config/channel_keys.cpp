#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "config/config.hpp"
#include "config/key_tables.hpp"
#include "config/keys.hpp"
#include "core/alert.hpp"
#include "core/channel.hpp"
#include "core/check.hpp"
#include "core/time.hpp"
#include "hal/device_drivers.hpp"
#include "hal/formula.hpp"

namespace sluice::config {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

using Words = std::string_view;
// In the order of config/parse_sensor.cpp.
std::span<const Words> drivers() {
  constexpr std::size_t kDriversMax = 64;
  struct All {
    std::array<Words, kDriversMax> words{"host", "simulated", "replay", "derived"};
    std::size_t count = 4;
  };
  static const All kAll = [] {
    All all;
    for (const hal::DeviceDriver* device : hal::device_drivers()) {
      CHECK(all.count < kDriversMax);
      all.words[all.count++] = device->name;
    }
    return all;
  }();
  return std::span(kAll.words).first(kAll.count);
}

constexpr std::array kQuantities{Words("load1"),       Words("load5"),
                                 Words("load15"),      Words("cpu_use"),
                                 Words("memory_use"),  Words("memory_free"),
                                 Words("disk_free"),   Words("uptime"),
                                 Words("temperature"), Words("network_received"),
                                 Words("network_sent")};
constexpr std::array kShapes{Words("constant"), Words("sine"), Words("noise"), Words("random_walk"),
                             Words("steps")};
constexpr std::array kFaultKinds{Words("nan"), Words("stuck"), Words("spike"), Words("timeout"),
                                 Words("absent")};

constexpr Key kHostKeys[] = {
    {.name = "quantity",
     .type = Type::kChoice,
     .required = true,
     .example = "quantity = \"cpu_use\"",
     .choices = kQuantities,
     .meaning = "Loads are plain numbers, uses `%`, memory, disk and network `B`, uptime `s`, "
                "temperature `Cel`."},
    {.name = "target",
     .type = Type::kText,
     .low = 1,
     .high = kTextBytesMax,
     .meaning = "Which one. `disk_free` needs a path; `temperature` takes a thermal zone's type or "
                "number or a hwmon `name/label`, else the first found; `network_...` takes an "
                "interface, else all but loopback; the others take none."},
    {.name = "procfs",
     .type = Type::kPath,
     .fallback = "\"/proc\"",
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "Where the kernel's process files are mounted."},
    {.name = "sysfs",
     .type = Type::kPath,
     .fallback = "\"/sys\"",
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "Where the kernel's device files are mounted."}};

constexpr Key kSimulatedKeys[] = {
    {.name = "shape",
     .type = Type::kChoice,
     .fallback = "\"constant\"",
     .choices = kShapes,
     .meaning = "Course of the value."},
    {.name = "mean",
     .type = Type::kNumber,
     .fallback = "0",
     .meaning = "Its middle; where a walk begins."},
    {.name = "amplitude",
     .type = Type::kNumber,
     .fallback = "1",
     .low = 0,
     .meaning = "Peak of the sine, standard deviation of the noise, deviation of the walk per "
                "reading, height of the steps."},
    {.name = "sine_period",
     .type = Type::kDuration,
     .fallback = "\"1m\"",
     .low = to_ns(milliseconds(1)),
     .high = 30 * kDay,
     .meaning = "Of the sine, and of one step up and down."},
    {.name = "resolution",
     .type = Type::kNumber,
     .fallback = "0",
     .low = 0,
     .meaning = "The value is rounded to multiples of this; 0 does not round."},
    {.name = "seed",
     .type = Type::kInteger,
     .fallback = "1",
     .low = 0,
     .meaning = "Of the random numbers; the same seed gives the same values."},
    {.name = "faults",
     .type = Type::kTables,
     .low = 0,
     .high = static_cast<std::int64_t>(kFaultsPerSensorMax),
     .meaning = "Script of misbehaviour: `faults = [{kind = \"nan\", from = \"30s\", "
                "length = \"5s\"}]`."},
    {.name = "ledger",
     .type = Type::kPath,
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "File that keeps every value handed out, for tests. Without it none is written."},
    {.name = "ledger_records",
     .type = Type::kInteger,
     .fallback = "1000000",
     .low = 1,
     .high = 10'000'000,
     .meaning = "Length of that file, in records of 24 bytes."}};

constexpr Key kReplayKeys[] = {
    {.name = "file",
     .type = Type::kPath,
     .required = true,
     .example = "file = \"readings.csv\"",
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "CSV file with a header line."},
    {.name = "time_column",
     .type = Type::kText,
     .low = 1,
     .high = kTextBytesMax,
     .meaning = "Column of seconds or of `YYYY-MM-DD HH:MM:SS`; without it the first."},
    {.name = "value_column",
     .type = Type::kText,
     .low = 1,
     .high = kTextBytesMax,
     .meaning = "Column of the values; without it the second. An empty cell is a missing value."},
    {.name = "speed",
     .type = Type::kNumber,
     .fallback = "1",
     .low = 0,
     .high = 1'000'000,
     .meaning = "Times real time; 0 gives one row per reading."},
    {.name = "repeat",
     .type = Type::kFlag,
     .fallback = "false",
     .meaning = "Starts over at the end; otherwise values are missing from there on."}};

constexpr Key kDerivedKeys[] = {
    {.name = "expression",
     .type = Type::kText,
     .required = true,
     .example = "expression = \"supply - return\"",
     .low = 1,
     .high = static_cast<std::int64_t>(hal::Formula::kBytesMax),
     .meaning = "Formula over other channels; one whose name has a `-` or begins with a digit is "
                "written `[pump-1]`."}};

constexpr Key kFaultKeys[] = {
    {.name = "kind",
     .type = Type::kChoice,
     .required = true,
     .example = "kind = \"stuck\"",
     .choices = kFaultKinds,
     .meaning = "What goes wrong."},
    {.name = "from",
     .type = Type::kDuration,
     .fallback = "\"0s\"",
     .low = 0,
     .high = 30 * kDay,
     .meaning = "When it begins, after the first reading."},
    {.name = "length",
     .type = Type::kDuration,
     .required = true,
     .example = "length = \"5s\"",
     .low = to_ns(microseconds(100)),
     .high = 30 * kDay,
     .meaning = "How long it lasts."},
    {.name = "value",
     .type = Type::kNumber,
     .meaning = "What a spike adds; `spike` needs it, the others take none."},
    {.name = "every",
     .type = Type::kDuration,
     .fallback = "\"0s\"",
     .low = 0,
     .high = 30 * kDay,
     .meaning = "Repeats with this period, longer than `length`; `\"0s\"` happens once."}};

}  // namespace

std::span<const Key> channel_keys() {
  static const Key kChannelKeys[] = {
      {.name = "name",
       .type = Type::kName,
       .required = true,
       .example = "name = \"boiler_room\"",
       .low = 1,
       .high = kIdBytesMax,
       .meaning = "Unique in the gateway."},
      {.name = "driver",
       .type = Type::kChoice,
       .required = true,
       .example = "driver = \"host\"",
       .choices = drivers(),
       .meaning = "Where the samples come from. The driver's own keys stand beside these."},
      {.name = "period",
       .type = Type::kDuration,
       .fallback = "\"1s\"",
       .low = to_ns(microseconds(100)),
       .high = kDay,
       .meaning = "Time from one reading to the next."},
      {.name = "unit",
       .type = Type::kText,
       .required = true,
       .example = "unit = \"Cel\", or unit = \"1\" for a plain number",
       .low = 1,
       .high = 32,
       .meaning = "SenML or UCUM code of the value's unit, such as `Cel`, `%RH`, `hPa`; `1` for a "
                  "plain number."},
      {.name = "scale",
       .type = Type::kNumber,
       .fallback = "1",
       .meaning = "The value is the driver's number times this, not 0, ..."},
      {.name = "offset", .type = Type::kNumber, .fallback = "0", .meaning = "... plus this."},
      {.name = "range",
       .type = Type::kPair,
       .fallback = "[-inf, inf]",
       .meaning = "Values that can be believed, both ends included. Others are recorded as out of "
                  "range and reach neither filters nor alerts."},
      {.name = "filters",
       .type = Type::kTables,
       .low = 0,
       .high = static_cast<std::int64_t>(kFiltersPerChannelMax),
       .meaning = "Applied in this order, one filter a table: "
                  "`filters = [{median = 5}, {exponential = \"10s\"}]`."},
      {.name = "alert",
       .type = Type::kTables,
       .low = 0,
       .high = static_cast<std::int64_t>(kAlertsPerChannelMax),
       .meaning =
           "Each rule is a `[[channel.alert]]` below its `[[channel]]`; at most 4,096 in the "
           "gateway."}};
  return kChannelKeys;
}
std::span<const Key> host_keys() {
  return kHostKeys;
}
std::span<const Key> simulated_keys() {
  return kSimulatedKeys;
}
std::span<const Key> replay_keys() {
  return kReplayKeys;
}
std::span<const Key> derived_keys() {
  return kDerivedKeys;
}
std::span<const Key> fault_keys() {
  return kFaultKeys;
}

}  // namespace sluice::config
