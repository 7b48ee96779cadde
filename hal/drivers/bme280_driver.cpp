#include "hal/drivers/bme280_driver.hpp"

#include <array>
#include <chrono>
#include <string_view>

#include "core/check.hpp"
#include "hal/buses/i2c_dev.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

constexpr std::array<std::string_view, 3> kQuantities{"temperature", "pressure", "humidity"};

constexpr Key kKeys[] = {
    kI2cAdapterKey,
    {.name = "address",
     .type = KeyType::kInteger,
     .fallback = "0x76",
     .low = 0x76,
     .high = 0x77,
     .meaning = "0x76 (118), or 0x77 (119) with the pin SDO high."},
    {.name = "quantity",
     .type = KeyType::kChoice,
     .required = true,
     .example = "quantity = \"temperature\"",
     .choices = kQuantities,
     .meaning = "In `Cel`, `Pa` or `%RH`."},
    kDevKey,
    kSysfsKey,
};

// The longest measurement of each quantity once takes 9.3 ms (datasheet, section 9.1).
constexpr Duration kMeasureTakes = std::chrono::milliseconds(10);
constexpr int kLooksMax = 5;

}  // namespace

Result<> Bme280Probe::recognise() {
  const auto id = read_registers<1>(bus_, address_, bme280::kRegisterId);
  if (!id) return id.error();
  if (id->front() == 0x00 || id->front() == 0xFF) {
    return Error{ErrorCode::kCorrupt, "the chip's id cannot be read; is the bus stuck?"};
  }
  if (id->front() != bme280::kChipId) {
    return Error{ErrorCode::kInvalid, "the chip at this address is no BME280: its id is " +
                                          std::to_string(id->front()) + ", not 96"};
  }
  const auto first = read_registers<26>(bus_, address_, bme280::kRegisterCalibration);
  if (!first) return first.error();
  const auto second = read_registers<7>(bus_, address_, bme280::kRegisterHumidityCalibration);
  if (!second) return second.error();
  const Result<bme280::Calibration> calibration = bme280::calibration_of(*first, *second);
  if (!calibration) return calibration.error();
  calibration_ = *calibration;
  return Ok{};
}

Result<bme280::Raw> Bme280Probe::measure_once() {
  const Result<> humidity =
      write_byte(bus_, address_, bme280::kRegisterControlHumidity, bme280::kControlHumidityOnce);
  if (!humidity) return humidity.error();
  const Result<> begun = write_byte(bus_, address_, bme280::kRegisterControl, bme280::kControlOnce);
  if (!begun) return begun.error();
  for (int look = 0; look < kLooksMax; ++look) {
    bus_.wait(kMeasureTakes);
    const auto status = read_registers<1>(bus_, address_, bme280::kRegisterStatus);
    if (!status) return status.error();
    if ((status->front() & (bme280::kStatusMeasuring | bme280::kStatusCopying)) != 0) continue;
    const auto measured = read_registers<8>(bus_, address_, bme280::kRegisterMeasured);
    if (!measured) return measured.error();
    return bme280::raw_of(*measured);
  }
  return Error{ErrorCode::kTimeout, "the BME280 does not finish its measurement"};
}

Result<double> Bme280Probe::measure(Instant) {
  if (!calibration_) {
    if (const Result<> known = recognise(); !known) return known.error();
  }
  const Result<bme280::Raw> raw = measure_once();
  if (!raw) {
    // Another one may be in its place by the next time, with another calibration.
    calibration_.reset();
    return raw.error();
  }
  const bme280::Values values = bme280::values_of(*raw, *calibration_);
  switch (quantity_) {
    case Quantity::kTemperature:
      return values.celsius;
    case Quantity::kPressure:
      return values.pascal;
    case Quantity::kHumidity:
      return values.percent;
  }
  CHECK(false);
}

const DeviceDriver kBme280Driver = {
    .name = "bme280",
    .keys = kKeys,
    .bus = i2c_bus_name,
    .address = i2c_address,
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(1); },
    .open = [](const Settings& settings, SharedBuses& buses) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(std::make_unique<Bme280Probe>(
          i2c_adapter(settings, buses), static_cast<std::uint8_t>(settings.integer("address")),
          static_cast<Bme280Probe::Quantity>(settings.choice("quantity", kQuantities))));
    },
};

}  // namespace sluice::hal
