#include "hal/drivers/mcp3008_driver.hpp"

#include <array>
#include <chrono>
#include <string_view>

#include "hal/buses/i2c_dev.hpp"
#include "hal/buses/spi_dev.hpp"

namespace sluice::hal {
namespace {

using Words = std::string_view;
// In the order of mcp3008::Input.
constexpr std::array kInputs{Words("0-1"), Words("1-0"), Words("2-3"), Words("3-2"),
                             Words("4-5"), Words("5-4"), Words("6-7"), Words("7-6"),
                             Words("0"),   Words("1"),   Words("2"),   Words("3"),
                             Words("4"),   Words("5"),   Words("6"),   Words("7")};

// The slowest clock that is sure not to leak the sampled voltage away before it is converted, and
// the fastest at 5 V (section 6.2; "Electrical Characteristics", clock frequency).
constexpr std::int64_t kClockMin = 10'000;
constexpr std::int64_t kClockMax = 3'600'000;

constexpr Key kKeys[] = {
    kSpiDeviceKey,
    {.name = "input",
     .type = KeyType::kChoice,
     .required = true,
     .example = "input = \"0\"",
     .choices = kInputs,
     .meaning = "Pin CH0 to CH7 against ground, or one above its neighbour; below, it reads as 0. "
                "An MCP3004 has the first four. In `V`."},
    {.name = "reference",
     .type = KeyType::kNumber,
     .fallback = "3.3",
     .low = 0,
     .high = 6,
     .meaning = "Voltage at the pin VREF, not 0; the largest that can be measured."},
    {.name = "clock",
     .type = KeyType::kInteger,
     .fallback = "1000000",
     .low = kClockMin,
     .high = kClockMax,
     .meaning = "In Hz. A chip on 2.7 V takes 1,350,000, on 5 V 3,600,000."},
    kDevKey,
};

std::optional<Mistake> check(const Settings& settings) {
  if (settings.number("reference") > 0.0) return std::nullopt;
  return Mistake{"reference", "a reference of 0 V measures nothing; expected the voltage at VREF"};
}

}  // namespace

Result<double> Mcp3008Probe::measure(Instant) {
  mcp3008::Bytes answer{};
  const Result<> done = chip_->transfer(mcp3008::question(input_), answer);
  if (!done) return done.error();
  const Result<std::uint16_t> code = mcp3008::code_of(answer);
  if (!code) return code.error();
  return mcp3008::volts_of(*code, reference_volts_);
}

const DeviceDriver kMcp3008Driver = {
    .name = "mcp3008",
    .keys = kKeys,
    .check = check,
    .bus = spi_bus_name,
    .address = spi_address,
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(1); },
    .open = [](const Settings& settings, SharedBuses&) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(std::make_unique<Mcp3008Probe>(
          std::make_unique<SpiDev>(
              SpiDev::Options{.path = spi_path(settings),
                              .clock_hz = static_cast<std::uint32_t>(settings.integer("clock"))}),
          static_cast<mcp3008::Input>(settings.choice("input", kInputs)),
          settings.number("reference")));
    },
};

}  // namespace sluice::hal
