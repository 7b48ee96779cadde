#pragma once
// One row of the table of device drivers: everything the program has to know of a driver of
// hal/drivers. The configuration takes its keys from here, the workers its bus and its limit.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/key.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/probe.hpp"
#include "hal/settings.hpp"
#include "hal/shared_buses.hpp"

namespace sluice::hal {

// Most buses of device drivers in one gateway: each has a worker thread.
inline constexpr std::size_t kBusesMax = 32;

// Keys that do not go together.
struct Mistake {
  std::string key;
  std::string message;  // what is wrong, what was expected, what to do
};

struct DeviceDriver {
  std::string_view name;  // of `driver = "name"`
  // Besides those of every [[channel]], whose names it must not take. kTable, kTables, kBroker and
  // kPair are not for drivers.
  std::span<const Key> keys;
  // What only the driver can see; called with settings of which each alone is right. May be null.
  std::optional<Mistake> (*check)(const Settings&) = nullptr;
  // Name of the hardware that can make a read wait. Probes of one bus wait for each other, those of
  // different ones never do.
  std::string (*bus)(const Settings&);
  // Place that one kind of device has for itself, such as an I2C address or a serial line, so that
  // neither two drivers nor two buses can claim it; null or an empty text when there is no such
  // thing.
  std::string (*address)(const Settings&) = nullptr;
  // One channel alone can have an address.
  bool exclusive = false;
  // A read that takes longer has timed out.
  Duration (*limit)(const Settings&);
  // Must not touch the device, which may block or come later: that is measure()'s.
  Result<std::unique_ptr<Probe>> (*open)(const Settings&, SharedBuses&);
};

}  // namespace sluice::hal
