#include "hal/host_thermometer.hpp"

#include <string>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(Thermometer) {
  TemporaryFolder sysfs;

  void add_zone(int number, const std::string& type, const std::string& temperature) {
    const std::string folder = "class/thermal/thermal_zone" + std::to_string(number);
    sysfs.write(folder + "/type", type + "\n");
    sysfs.write(folder + "/temp", temperature + "\n");
  }
  void add_chip(int number, const std::string& name) {
    sysfs.write("class/hwmon/hwmon" + std::to_string(number) + "/name", name + "\n");
  }
  void add_sensor(int chip, int number, const std::string& label, const std::string& temperature) {
    const std::string stem =
        "class/hwmon/hwmon" + std::to_string(chip) + "/temp" + std::to_string(number);
    if (!label.empty()) sysfs.write(stem + "_label", label + "\n");
    sysfs.write(stem + "_input", temperature + "\n");
  }
  Result<double> measure(const std::string& target) {
    return Thermometer(sysfs.path(), target).measure();
  }
  void check_not_found(const std::string& target) {
    const Result<double> celsius = measure(target);
    CHECK_FALSE(celsius.ok());
    CHECK_TRUE(celsius.error().code == ErrorCode::kNotFound);
  }
};

TEST(Thermometer, reads_thousandths_of_a_degree) {
  add_zone(0, "cpu-thermal", "48312");
  DOUBLES_EQUAL(48.312, measure("").value(), 0.0);
}

TEST(Thermometer, reads_below_zero) {
  add_zone(0, "cpu-thermal", "-1500");
  DOUBLES_EQUAL(-1.5, measure("").value(), 0.0);
}

TEST(Thermometer, finds_a_zone_by_its_type) {
  add_zone(0, "acpitz", "20000");
  add_zone(1, "x86_pkg_temp", "50000");
  DOUBLES_EQUAL(50.0, measure("x86_pkg_temp").value(), 0.0);
}

TEST(Thermometer, finds_a_zone_by_its_number) {
  add_zone(2, "acpitz", "20000");
  add_zone(10, "acpitz", "50000");
  DOUBLES_EQUAL(50.0, measure("10").value(), 0.0);
}

TEST(Thermometer, finds_a_chip_and_label) {
  add_chip(0, "nvme");
  add_sensor(0, 1, "Composite", "31000");
  add_chip(1, "coretemp");
  add_sensor(1, 1, "Package id 0", "60000");
  add_sensor(1, 2, "Core 0", "55000");
  DOUBLES_EQUAL(55.0, measure("coretemp/Core 0").value(), 0.0);
}

TEST(Thermometer, knows_a_sensor_without_a_label_by_its_file) {
  add_chip(0, "rp1_adc");
  add_sensor(0, 1, "", "40000");
  DOUBLES_EQUAL(40.0, measure("rp1_adc/temp1").value(), 0.0);
}

TEST(Thermometer, takes_the_zone_with_the_lowest_number_first) {
  add_zone(10, "b", "10000");
  add_zone(9, "a", "9000");
  add_chip(0, "coretemp");
  add_sensor(0, 1, "", "1000");
  DOUBLES_EQUAL(9.0, measure("").value(), 0.0);
}

TEST(Thermometer, passes_over_a_zone_that_cannot_be_read) {
  add_zone(0, "iwlwifi", "");
  add_chip(3, "coretemp");
  add_sensor(3, 2, "", "33000");
  DOUBLES_EQUAL(33.0, measure("").value(), 0.0);
}

TEST(Thermometer, stays_with_the_sensor_it_found) {
  add_zone(1, "b", "10000");
  Thermometer thermometer(sysfs.path(), "");
  CHECK_TRUE(thermometer.measure().ok());
  add_zone(0, "a", "77000");
  DOUBLES_EQUAL(10.0, thermometer.measure().value(), 0.0);
}

TEST(Thermometer, does_not_hop_to_another_sensor_for_a_moment) {
  add_zone(0, "a", "10000");
  add_zone(1, "b", "77000");
  Thermometer thermometer(sysfs.path(), "");
  CHECK_TRUE(thermometer.measure().ok());
  add_zone(0, "a", "garbage");
  CHECK_TRUE(thermometer.measure().error().code == ErrorCode::kCorrupt);
}

TEST(Thermometer, searches_again_when_the_sensor_has_gone) {
  add_chip(0, "w1_slave_temp");
  add_sensor(0, 1, "", "21000");
  Thermometer thermometer(sysfs.path(), "w1_slave_temp/temp1");
  CHECK_TRUE(thermometer.measure().ok());
  sysfs.remove("class/hwmon/hwmon0");
  CHECK_TRUE(thermometer.measure().error().code == ErrorCode::kNotFound);
  add_chip(4, "w1_slave_temp");
  add_sensor(4, 1, "", "22000");
  DOUBLES_EQUAL(22.0, thermometer.measure().value(), 0.0);
}

TEST(Thermometer, is_not_found_on_a_machine_without_any) {
  check_not_found("");
  sysfs.write("class/thermal/cooling_device0/type", "Processor\n");
  check_not_found("");
}

TEST(Thermometer, is_not_found_under_another_name) {
  add_zone(0, "cpu-thermal", "48312");
  add_chip(0, "coretemp");
  add_sensor(0, 1, "Core 0", "55000");
  for (const char* target : {"gpu-thermal", "1", "coretemp/Core 1", "coretemp", "../zone", "/"}) {
    check_not_found(target);
  }
}

TEST(Thermometer, with_a_name_is_corrupt_without_a_number) {
  add_zone(0, "cpu-thermal", "48.3");
  CHECK_TRUE(measure("cpu-thermal").error().code == ErrorCode::kCorrupt);
}
