#include "hal/drivers/mcp3008_driver.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "tests/hal/drivers/configured.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

namespace {

struct Chip {
  mcp3008::Bytes asked{};
  mcp3008::Bytes answer{};
  std::optional<Error> failure;
};

class FakeSpiDevice final : public SpiDevice {
 public:
  explicit FakeSpiDevice(Chip& chip) : chip_(chip) {}
  Result<> transfer(std::span<const std::uint8_t> out, std::span<std::uint8_t> in) override {
    if (chip_.failure) return *chip_.failure;
    std::copy(out.begin(), out.end(), chip_.asked.begin());
    std::copy(chip_.answer.begin(), chip_.answer.end(), in.begin());
    return Ok{};
  }

 private:
  Chip& chip_;
};

}  // namespace

TEST_GROUP(Mcp3008Driver) {
  Chip chip;
  Mcp3008Probe probe{std::make_unique<FakeSpiDevice>(chip), mcp3008::Input::k3, 3.3};
  TemporaryFolder dev;

  Result<double> measure() {
    return probe.measure(Instant(std::chrono::seconds(1)));
  }
  std::string lines(const std::string& more = "input = \"3\"\n") const {
    return "driver = \"mcp3008\"\ndevice = \"spidev0.1\"\ndev = \"" + dev.path() + "\"\n" + more;
  }
};

TEST(Mcp3008Driver, measures_a_voltage) {
  chip.answer = {0, 0x02, 0xA5, 0x4A, 0x80};
  DOUBLES_EQUAL(3.3 * 0x2A5 / 1024, measure().value(), 1e-9);
  CHECK_TRUE(chip.asked == mcp3008::question(mcp3008::Input::k3));
}

TEST(Mcp3008Driver, passes_on_what_is_wrong) {
  chip.answer.fill(0xFF);
  CHECK_TRUE(measure().error().code == ErrorCode::kCorrupt);
  chip.failure = Error{ErrorCode::kNotFound, "gone"};
  CHECK_TRUE(measure().error().code == ErrorCode::kNotFound);
}

TEST(Mcp3008Driver, is_absent_without_its_device_file) {
  Configured voltage(lines());
  CHECK_TRUE(voltage.failure() == ErrorCode::kNotFound);
  STRCMP_CONTAINS("is SPI switched on", voltage.measure().error().message.c_str());
}

TEST(Mcp3008Driver, shares_its_bus_with_the_other_chip_selects) {
  const std::string expected = "spi:" + dev.path() + "/spidev0";
  STRCMP_EQUAL(expected.c_str(), Configured(lines()).open.bus.c_str());
}

TEST(Mcp3008Driver, is_of_the_bus_that_has_the_plain_name) {
  STRCMP_EQUAL(
      "spi:spidev0",
      Configured("driver = \"mcp3008\"\ndevice = \"spidev0.1\"\ninput = \"3\"\n").open.bus.c_str());
}

TEST(Mcp3008Driver, takes_what_the_chip_can_do) {
  STRCMP_CONTAINS("input: ", Configured::problems_of(lines("input = \"0-2\"\n")).c_str());
  STRCMP_CONTAINS("reference: a reference of 0 V",
                  Configured::problems_of(lines("input = \"0\"\nreference = 0\n")).c_str());
  STRCMP_CONTAINS("clock: ",
                  Configured::problems_of(lines("input = \"0\"\nclock = 3700000\n")).c_str());
}
