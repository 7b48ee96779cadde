#include "hal/drivers/w1_driver.hpp"

#include <string>

#include "tests/hal/drivers/configured.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

namespace {

constexpr const char* kRom = "28-0316a2799bff";
// What the kernel shows at 23.125 Cel, and of a thermometer that has just got its power.
constexpr const char* kWarm =
    "72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=23125\n";
constexpr const char* kPowerOn =
    "50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n";

}  // namespace

TEST_GROUP(W1Driver) {
  TemporaryFolder sysfs;

  Configured channel(const std::string& more = "") {
    return Configured("driver = \"w1\"\nrom = \"" + std::string(kRom) + "\"\nsysfs = \"" +
                      sysfs.path() + "\"\n" + more);
  }
  void show(const std::string& text, const std::string& place = "") {
    sysfs.write("bus/w1/devices/" + place + kRom + "/w1_slave", text);
  }
  void unplug() {
    sysfs.remove(std::string("bus/w1/devices/") + kRom);
  }
};

TEST(W1Driver, reads_a_thermometer_by_its_rom_id) {
  show(kWarm);
  DOUBLES_EQUAL(23.125, channel().measure().value(), 0.0);
}

TEST(W1Driver, is_absent_while_it_is_unplugged_and_back_afterwards) {
  Configured thermometer = channel();
  CHECK_TRUE(thermometer.failure() == ErrorCode::kNotFound);
  show(kWarm);
  CHECK_TRUE(thermometer.measure().ok());
  unplug();
  CHECK_TRUE(thermometer.failure() == ErrorCode::kNotFound);
  show(kWarm);
  CHECK_TRUE(thermometer.measure().ok());
}

TEST(W1Driver, takes_nothing_that_is_damaged) {
  Configured thermometer = channel();
  const std::string warm = kWarm;
  for (const std::string& text :
       {std::string(), warm.substr(0, 40), warm.substr(0, warm.size() - 1),
        std::string("72 01 4b 46 7f ff 0e 10 57 : crc=57 NO\n72 01 4b 46 7f ff 0e 10 57 t=23125\n"),
        std::string("\xff\xff\xff\n\xff\n")}) {
    show(text);
    CHECK_TRUE_TEXT(thermometer.failure() == ErrorCode::kCorrupt, text.c_str());
  }
}

TEST(W1Driver, does_not_take_what_it_says_when_its_power_was_away) {
  Configured thermometer = channel();
  show(kPowerOn);
  CHECK_TRUE(thermometer.failure() == ErrorCode::kUnavailable);
  show(kWarm);
  CHECK_TRUE(thermometer.measure().ok());
  show(kPowerOn);
  CHECK_TRUE(thermometer.failure() == ErrorCode::kUnavailable);
}

TEST(W1Driver, looks_where_its_master_is) {
  show(kWarm, "w1_bus_master2/");
  Configured thermometer = channel("master = \"w1_bus_master2\"\n");
  CHECK_TRUE(thermometer.measure().ok());
  STRCMP_EQUAL("w1:w1_bus_master2", thermometer.open.bus.c_str());
  STRCMP_EQUAL("w1", channel().open.bus.c_str());
}

TEST(W1Driver, reads_the_kernels_own_temperature_when_it_is_told_to) {
  sysfs.write(std::string("bus/w1/devices/") + kRom + "/temperature", "23125\n");
  DOUBLES_EQUAL(23.125, channel("attribute = \"temperature\"\n").measure().value(), 0.0);
}

TEST(W1Driver, has_time_for_a_conversion) {
  CHECK_TRUE(channel().open.polled->options().limit > std::chrono::milliseconds(750));
}

TEST(W1Driver, takes_no_rom_id_that_is_none) {
  for (const char* rom :
       {"28-0316a2799bfg", "28-0316A2799BFF", "2800316a2799bff", "28-0316a2799b_f"}) {
    const std::string problems =
        Configured::problems_of("driver = \"w1\"\nrom = \"" + std::string(rom) + "\"\n");
    STRCMP_CONTAINS("rom: no ROM id", problems.c_str());
  }
}
