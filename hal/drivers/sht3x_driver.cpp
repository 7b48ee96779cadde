#include "hal/drivers/sht3x_driver.hpp"

#include <array>
#include <chrono>
#include <string_view>

#include "hal/buses/i2c_dev.hpp"
#include "hal/chips/sht3x.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

constexpr std::array<std::string_view, 2> kQuantities{"temperature", "humidity"};

constexpr Key kKeys[] = {
    kI2cAdapterKey,
    {.name = "address",
     .type = KeyType::kInteger,
     .fallback = "0x44",
     .low = 0x44,
     .high = 0x45,
     .meaning = "0x44 (68), or 0x45 (69) with the pin ADDR high."},
    {.name = "quantity",
     .type = KeyType::kChoice,
     .required = true,
     .example = "quantity = \"humidity\"",
     .choices = kQuantities,
     .meaning = "In `Cel` or `%RH`."},
    kDevKey,
    kSysfsKey,
};

}  // namespace

Result<double> Sht3xProbe::measure(Instant) {
  const Result<> begun = bus_.transfer(address_, sht3x::kMeasureOnce, {});
  if (!begun) return begun.error();
  bus_.wait(sht3x::kMeasureTakes);
  std::array<std::uint8_t, 6> answer{};
  if (const Result<> read = bus_.transfer(address_, {}, answer); !read) return read.error();
  Result<sht3x::Values> values = sht3x::values_of(answer);
  if (!values) return values.error();
  return quantity_ == Quantity::kTemperature ? values->celsius : values->percent;
}

const DeviceDriver kSht3xDriver = {
    .name = "sht3x",
    .keys = kKeys,
    .bus = i2c_bus_name,
    .address = i2c_address,
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(1); },
    .open = [](const Settings& settings, SharedBuses& buses) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(std::make_unique<Sht3xProbe>(
          i2c_adapter(settings, buses), static_cast<std::uint8_t>(settings.integer("address")),
          static_cast<Sht3xProbe::Quantity>(settings.choice("quantity", kQuantities))));
    },
};

}  // namespace sluice::hal
