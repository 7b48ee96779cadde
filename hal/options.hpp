#pragma once
// What the operator can say of a sensor and an actuator, as plain values.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/time.hpp"
#include "hal/settings.hpp"

namespace sluice::hal {

// The gateway as its own first sensor: quantities of any Linux machine.
enum class HostQuantity {
  kLoad1,  // load average of 1, 5, 15 minutes
  kLoad5,
  kLoad15,
  kCpuUse,           // % of all cores since the last measurement
  kMemoryUse,        // % of memory that is not available
  kMemoryFree,       // bytes available
  kDiskFree,         // bytes free to us on the file system of `target`, a path; empty: /
  kUptime,           // s since boot
  kTemperature,      // Cel; `target` is a thermal zone type or number, or a hwmon "name/label";
                     // empty: the first found
  kNetworkReceived,  // bytes since boot, of interface `target`; empty: all but loopback
  kNetworkSent,
};
struct HostOptions {
  HostQuantity quantity = HostQuantity::kLoad1;
  std::string target{};
  std::string procfs = "/proc";
  std::string sysfs = "/sys";
  bool operator==(const HostOptions&) const = default;
};

// One stretch of misbehaviour of a simulated sensor, in time since its first read.
enum class FaultKind { kNotANumber, kStuck, kSpike, kTimeout, kAbsent };
struct SimulatedFault {
  FaultKind kind = FaultKind::kNotANumber;
  Duration from{};
  Duration length{};
  double spike = 0.0;  // added to the value, kSpike only
  Duration every{};    // repeats with this period; 0: once
  bool operator==(const SimulatedFault&) const = default;
};

enum class Shape { kConstant, kSine, kNoise, kRandomWalk, kSteps };
struct SimulatedOptions {
  Shape shape = Shape::kConstant;
  double mean = 0.0;
  // Sine: peak; noise: standard deviation; walk: deviation per read; steps: height.
  double amplitude = 1.0;
  Duration period = std::chrono::minutes(1);  // of the sine, and of one step up and down
  double resolution = 0.0;                    // the value is rounded to multiples of this; 0: not
  std::uint64_t seed = 1;
  std::vector<SimulatedFault> faults{};
  // File that keeps every value handed out, for tests that need to know what was produced: 24-byte
  // records of tick ns (int64), value (double), quality (uint64) in a memory-mapped file of
  // `ledger_records`, so that it survives SIGKILL without a write on the real-time path. Empty:
  // none.
  std::string ledger{};
  std::uint64_t ledger_records = 1'000'000;
  bool operator==(const SimulatedOptions&) const = default;
};

struct ReplayOptions {
  std::string file{};          // CSV with a header line
  std::string time_column{};   // seconds, or "YYYY-MM-DD HH:MM:SS"; empty: the first column
  std::string value_column{};  // empty: the second column; an empty cell is a missing value
  double speed = 1.0;   // times real time; 0: one row per read, as fast as the channel's period
  bool repeat = false;  // start over at the end; otherwise kMissing from there on
  bool operator==(const ReplayOptions&) const = default;
};

// A channel that is calculated from others, in the loop (app/derivation.hpp); there is no sensor.
struct DerivedOptions {
  std::string expression{};  // what hal/formula.hpp compiles
  bool operator==(const DerivedOptions&) const = default;
};

// A row of the table of device drivers (hal/device_drivers.hpp; of an actuator,
// hal/actuator_drivers.hpp), with what is set of its keys.
struct DeviceOptions {
  std::string driver{};
  Settings settings{};
  bool operator==(const DeviceOptions&) const = default;
};

using SensorOptions =
    std::variant<HostOptions, SimulatedOptions, ReplayOptions, DerivedOptions, DeviceOptions>;

struct LogActuatorOptions {
  bool operator==(const LogActuatorOptions&) const = default;
};
struct SimulatedActuatorOptions {
  bool operator==(const SimulatedActuatorOptions&) const = default;
};
using ActuatorKind = std::variant<LogActuatorOptions, SimulatedActuatorOptions, DeviceOptions>;

struct ActuatorOptions {
  std::string name{};  // an id, unique in the gateway
  ActuatorKind kind{};
  // Least times that it stays on and off (core/interlock.hpp); the loop sees to them.
  Duration min_on{};
  Duration min_off{};
  bool operator==(const ActuatorOptions&) const = default;

  // Whether both are one device, opened the same way: a reload leaves that open.
  bool same_device(const ActuatorOptions& other) const {
    return name == other.name && kind == other.kind;
  }
};

}  // namespace sluice::hal
