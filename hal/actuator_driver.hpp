#pragma once
// One row of the table of drivers of actuators that are devices: what the program has to know of
// one, as hal/device_driver.hpp has it for sensors.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/key.hpp"
#include "core/result.hpp"
#include "hal/device_driver.hpp"
#include "hal/output_device.hpp"
#include "hal/settings.hpp"

namespace sluice::hal {

struct ActuatorDriver {
  std::string_view name;  // of `driver = "name"`
  // Besides those of every [[actuator]], whose names it must not take; kSafeKey is among them.
  std::span<const Key> keys;
  // What only the driver can see. May be null.
  std::optional<Mistake> (*check)(const Settings&) = nullptr;
  // The hardware that can make a change wait: outputs of one bus wait for each other.
  std::string (*bus)(const Settings&);
  // What it switches, which one channel or actuator alone can have. May be empty.
  std::string (*address)(const Settings&);
  // Does not touch the device.
  std::unique_ptr<OutputDevice> (*make)(const Settings&);
};

inline constexpr std::string_view kSafeStates[] = {"off", "on"};
inline constexpr Key kSafeKey = {
    .name = "safe",
    .type = KeyType::kChoice,
    .fallback = "\"off\"",
    .choices = kSafeStates,
    .meaning =
        "What it is while nobody is in control: when it is taken at the start, at the end, "
        "when a reload removes it, and after a crash."};

}  // namespace sluice::hal
