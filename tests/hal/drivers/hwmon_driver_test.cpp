#include "hal/drivers/hwmon_driver.hpp"

#include <filesystem>
#include <string>

#include "tests/hal/drivers/configured.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(HwmonDriver) {
  TemporaryFolder sysfs;

  // File `name` of the chip in folder `number`.
  void put(int number, const std::string& name, const std::string& text) {
    sysfs.write("class/hwmon/hwmon" + std::to_string(number) + "/" + name, text);
  }
  void plug(int number, const std::string& chip) {
    put(number, "name", chip + "\n");
  }
  void unplug(int number) {
    sysfs.remove("class/hwmon/hwmon" + std::to_string(number));
  }
  void of_device(int number, const std::string& device) {
    std::filesystem::create_directory_symlink(
        "../../../devices/" + device,
        sysfs.path_of("class/hwmon/hwmon" + std::to_string(number) + "/device"));
  }
  Configured channel(const std::string& chip, const std::string& sensor,
                     const std::string& more = "") {
    return Configured("driver = \"hwmon\"\nchip = \"" + chip + "\"\nsensor = \"" + sensor +
                      "\"\nsysfs = \"" + sysfs.path() + "\"\n" + more);
  }
};

TEST(HwmonDriver, reads_each_kind_in_base_units) {
  plug(0, "board");
  const struct {
    const char* sensor;
    const char* text;
    double expected;
  } kinds[] = {{"temp1", "-12500\n", -12.5},    {"in0", "3300\n", 3.3},
               {"curr2", "1500\n", 1.5},        {"power1", "2500000\n", 2.5},
               {"energy1", "36000000\n", 36.0}, {"humidity1", "45000\n", 45.0},
               {"fan3", "1200\n", 1200.0},      {"freq1", "600000000\n", 6e8}};
  for (const auto& kind : kinds) {
    put(0, std::string(kind.sensor) + "_input", kind.text);
    DOUBLES_EQUAL_TEXT(kind.expected, channel("board", kind.sensor).measure().value(), 1e-9,
                       kind.sensor);
  }
}

TEST(HwmonDriver, finds_a_sensor_by_its_label) {
  plug(4, "coretemp");
  put(4, "temp1_input", "40000\n");
  put(4, "temp1_label", "Package id 0\n");
  put(4, "temp2_input", "50000\n");
  put(4, "temp2_label", "Core 0\n");
  DOUBLES_EQUAL(50.0, channel("coretemp", "Core 0").measure().value(), 1e-9);
}

TEST(HwmonDriver, tells_chips_of_one_name_apart_by_their_device) {
  plug(0, "nvme");
  put(0, "temp1_input", "30000\n");
  of_device(0, "nvme0");
  plug(1, "nvme");
  put(1, "temp1_input", "60000\n");
  of_device(1, "nvme1");
  DOUBLES_EQUAL(60.0, channel("nvme", "temp1", "device = \"nvme1\"\n").measure().value(), 1e-9);
  DOUBLES_EQUAL(30.0, channel("nvme", "temp1").measure().value(), 1e-9);
}

TEST(HwmonDriver, reads_an_average_where_it_is_told_to) {
  plug(0, "power_meter");
  put(0, "power1_average", "42000000\n");
  DOUBLES_EQUAL(
      42.0, channel("power_meter", "power1", "attribute = \"average\"\n").measure().value(), 1e-9);
}

TEST(HwmonDriver, finds_a_chip_again_under_another_number) {
  plug(2, "nvme");
  put(2, "temp1_input", "30000\n");
  Configured nvme = channel("nvme", "temp1");
  CHECK_TRUE(nvme.measure().ok());
  unplug(2);
  CHECK_TRUE(nvme.failure() == ErrorCode::kNotFound);
  plug(7, "nvme");
  put(7, "temp1_input", "31000\n");
  DOUBLES_EQUAL(31.0, nvme.measure().value(), 1e-9);
}

TEST(HwmonDriver, does_not_take_another_chip_that_got_its_number) {
  plug(2, "nvme");
  put(2, "temp1_input", "30000\n");
  Configured nvme = channel("nvme", "temp1");
  CHECK_TRUE(nvme.measure().ok());
  plug(2, "drivetemp");
  CHECK_TRUE(nvme.failure() == ErrorCode::kNotFound);
  plug(3, "nvme");
  put(3, "temp1_input", "35000\n");
  DOUBLES_EQUAL(35.0, nvme.measure().value(), 1e-9);
}

TEST(HwmonDriver, says_what_is_missing) {
  Configured nvme = channel("nvme", "temp1");
  STRCMP_CONTAINS("no chip \"nvme\"", nvme.measure().error().message.c_str());
  plug(0, "nvme");
  STRCMP_CONTAINS("has no sensor \"temp1\"", nvme.measure().error().message.c_str());
}

TEST(HwmonDriver, takes_nothing_but_a_number) {
  plug(0, "board");
  Configured board = channel("board", "temp1");
  for (const char* text : {"", "\n", "4x\n", "N/A\n", "40000 1\n"}) {
    put(0, "temp1_input", text);
    CHECK_TRUE_TEXT(board.failure() == ErrorCode::kCorrupt, text);
  }
}

TEST(HwmonDriver, believes_a_chip_that_says_its_sensor_is_faulty) {
  plug(0, "board");
  put(0, "temp1_input", "-128000\n");
  put(0, "temp1_fault", "1\n");
  Configured board = channel("board", "temp1");
  CHECK_TRUE(board.failure() == ErrorCode::kUnavailable);
  put(0, "temp1_fault", "0\n");
  CHECK_TRUE(board.measure().ok());
}

TEST(HwmonDriver, reads_no_switch_for_a_sensor) {
  plug(0, "board");
  put(0, "pwm1_input", "255\n");
  CHECK_TRUE(channel("board", "pwm1").failure() == ErrorCode::kNotFound);
}

TEST(HwmonDriver, has_a_bus_for_each_chip) {
  STRCMP_EQUAL("hwmon:nvme", channel("nvme", "temp1").open.bus.c_str());
  STRCMP_EQUAL("hwmon:nvme@nvme1",
               channel("nvme", "temp1", "device = \"nvme1\"\n").open.bus.c_str());
}

TEST(HwmonDriver, needs_chip_and_sensor) {
  const std::string problems = Configured::problems_of("driver = \"hwmon\"\n");
  STRCMP_CONTAINS("chip: missing", problems.c_str());
  STRCMP_CONTAINS("sensor: missing", problems.c_str());
}
