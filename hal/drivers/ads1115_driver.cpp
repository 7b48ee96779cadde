#include "hal/drivers/ads1115_driver.hpp"

#include <array>
#include <chrono>
#include <string_view>

#include "hal/buses/i2c_dev.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

using Words = std::string_view;
// In the order of the chip's bits.
constexpr std::array kInputs{Words("0-1"), Words("0-3"), Words("1-3"), Words("2-3"),
                             Words("0"),   Words("1"),   Words("2"),   Words("3")};
constexpr std::array kRanges{Words("6.144V"), Words("4.096V"), Words("2.048V"),
                             Words("1.024V"), Words("0.512V"), Words("0.256V")};

constexpr Key kKeys[] = {
    kI2cAdapterKey,
    {.name = "address",
     .type = KeyType::kInteger,
     .fallback = "0x48",
     .low = 0x48,
     .high = 0x4B,
     .meaning = "0x48 to 0x4b (72 to 75), by what the pin ADDR is tied to."},
    {.name = "input",
     .type = KeyType::kChoice,
     .required = true,
     .example = "input = \"0\"",
     .choices = kInputs,
     .meaning = "Pin AIN0 to AIN3 against ground, or one against another. In `V`."},
    {.name = "full_scale",
     .type = KeyType::kChoice,
     .fallback = "\"2.048V\"",
     .choices = kRanges,
     .meaning = "Largest voltage up and down; a smaller one is finer. No input may be above the "
                "chip's supply."},
    kDevKey,
    kSysfsKey,
};

constexpr int kLooksMax = 4;
// What comes back of the configuration as it was written: all but the bit OS.
constexpr std::uint16_t kWritten = 0x7FFF;

}  // namespace

Result<double> Ads1115Probe::measure(Instant) {
  const std::uint16_t wanted = ads1115::config_of(input_, full_scale_);
  const Result<> begun = write_word(bus_, address_, ads1115::kRegisterConfig, wanted);
  if (!begun) return begun.error();
  for (int look = 0; look < kLooksMax; ++look) {
    bus_.wait(ads1115::kConversionTakes);
    const Result<std::uint16_t> config = read_word(bus_, address_, ads1115::kRegisterConfig);
    if (!config) return config.error();
    if ((*config & kWritten) != (wanted & kWritten)) {
      return Error{ErrorCode::kCorrupt,
                   "the ADS1115 does not do what it was told; does somebody else use it?"};
    }
    if ((*config & ads1115::kReady) == 0) continue;
    const Result<std::uint16_t> conversion =
        read_word(bus_, address_, ads1115::kRegisterConversion);
    if (!conversion) return conversion.error();
    return ads1115::volts_of(*conversion, full_scale_);
  }
  return Error{ErrorCode::kTimeout, "the ADS1115 does not finish its conversion"};
}

const DeviceDriver kAds1115Driver = {
    .name = "ads1115",
    .keys = kKeys,
    .bus = i2c_bus_name,
    .address = i2c_address,
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(1); },
    .open = [](const Settings& settings, SharedBuses& buses) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(std::make_unique<Ads1115Probe>(
          i2c_adapter(settings, buses), static_cast<std::uint8_t>(settings.integer("address")),
          static_cast<ads1115::Input>(settings.choice("input", kInputs)),
          static_cast<ads1115::FullScale>(settings.choice("full_scale", kRanges))));
    },
};

}  // namespace sluice::hal
