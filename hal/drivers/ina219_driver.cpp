#include "hal/drivers/ina219_driver.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "core/check.hpp"
#include "hal/buses/i2c_dev.hpp"
#include "hal/chips/ina219.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

constexpr std::array<std::string_view, 3> kQuantities{"voltage", "current", "power"};
constexpr double kShuntVoltsMax = 0.320;

constexpr Key kKeys[] = {
    kI2cAdapterKey,
    {.name = "address",
     .type = KeyType::kInteger,
     .fallback = "0x40",
     .low = 0x40,
     .high = 0x4F,
     .meaning = "0x40 to 0x4f (64 to 79), by what the pins A0 and A1 are tied to."},
    {.name = "quantity",
     .type = KeyType::kChoice,
     .required = true,
     .example = "quantity = \"current\"",
     .choices = kQuantities,
     .meaning = "Of the bus behind the shunt, in `V`, `A` or `W`."},
    {.name = "shunt_ohms",
     .type = KeyType::kNumber,
     .fallback = "0.1",
     .low = 0,
     .high = 1'000,
     .meaning = "Resistance of the shunt, not 0. At most 320 mV may fall off it."},
    kDevKey,
    kSysfsKey,
};

std::optional<Mistake> check(const Settings& settings) {
  if (settings.number("shunt_ohms") > 0.0) return std::nullopt;
  return Mistake{"shunt_ohms", "a shunt of 0 ohms measures no current"};
}

}  // namespace

Result<double> Ina219Probe::measure(Instant) {
  const Result<std::uint16_t> config = read_word(bus_, address_, ina219::kRegisterConfig);
  if (!config) return config.error();
  if (*config != ina219::kConfigDefault) {
    return Error{ErrorCode::kCorrupt,
                 "the INA219 is not as after power-up; does somebody else use it?"};
  }
  const Result<std::uint16_t> bus = read_word(bus_, address_, ina219::kRegisterBus);
  if (!bus) return bus.error();
  if (!ina219::has_converted(*bus)) {
    return Error{ErrorCode::kUnavailable, "the INA219 has not converted yet"};
  }
  if (quantity_ == Quantity::kVoltage) return ina219::bus_volts_of(*bus);
  const Result<std::uint16_t> shunt = read_word(bus_, address_, ina219::kRegisterShunt);
  if (!shunt) return shunt.error();
  const double volts = ina219::shunt_volts_of(*shunt);
  if (volts >= kShuntVoltsMax || volts <= -kShuntVoltsMax) {
    return Error{ErrorCode::kCorrupt, "more than 320 mV fall off the shunt; take a smaller one"};
  }
  const double amperes = volts / shunt_ohms_;
  return quantity_ == Quantity::kCurrent ? amperes : amperes * ina219::bus_volts_of(*bus);
}

const DeviceDriver kIna219Driver = {
    .name = "ina219",
    .keys = kKeys,
    .check = check,
    .bus = i2c_bus_name,
    .address = i2c_address,
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(1); },
    .open = [](const Settings& settings, SharedBuses& buses) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(std::make_unique<Ina219Probe>(
          i2c_adapter(settings, buses), static_cast<std::uint8_t>(settings.integer("address")),
          static_cast<Ina219Probe::Quantity>(settings.choice("quantity", kQuantities)),
          settings.number("shunt_ohms")));
    },
};

}  // namespace sluice::hal
