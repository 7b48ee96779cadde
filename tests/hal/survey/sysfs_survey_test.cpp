#include "hal/survey/sysfs_survey.hpp"

#include <filesystem>
#include <string>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(SysfsSurvey) {
  TemporaryFolder folder;
  Places places{.sysfs = folder.path_of("sys"), .dev = folder.path_of("dev")};

  void write(const std::string& name, const std::string& text) {
    folder.write("sys/" + name, text + "\n");
  }
  void link(const std::string& name, const std::string& target) {
    const std::filesystem::path path = folder.path_of(name);
    std::filesystem::create_directories(path.parent_path());
    std::filesystem::create_symlink(target, path);
  }
  static std::string value_of(const Draft& draft, const std::string& key) {
    for (const auto& [name, value] : draft.keys) {
      if (name == key) return std::get<std::string>(value);
    }
    return "none";
  }
};

TEST(SysfsSurvey, finds_nothing_where_there_is_nothing) {
  for (const auto look :
       {survey_hwmon, survey_iio, survey_w1, survey_thermal, survey_serial, survey_can}) {
    const Survey survey = look(places);
    CHECK_TRUE(survey.findings.empty());
    CHECK_FALSE(survey.title.empty());
  }
}

TEST(SysfsSurvey, drafts_a_channel_for_each_sensor_of_a_chip) {
  write("class/hwmon/hwmon3/name", "nvme");
  write("class/hwmon/hwmon3/temp1_input", "30850");
  write("class/hwmon/hwmon3/temp1_label", "Composite");
  write("class/hwmon/hwmon3/in0_input", "3300");
  write("class/hwmon/hwmon3/temp1_max", "80000");
  write("class/hwmon/hwmon3/pwm1_input", "1");  // nothing that is measured
  const Survey survey = survey_hwmon(places);
  LONGS_EQUAL(1, survey.findings.size());
  const auto& drafts = survey.findings[0].drafts;
  LONGS_EQUAL(2, drafts.size());
  STRCMP_EQUAL("in0", value_of(drafts[0], "sensor").c_str());
  STRCMP_EQUAL("V", drafts[0].unit.c_str());
  STRCMP_EQUAL("Composite", value_of(drafts[1], "sensor").c_str());
  STRCMP_EQUAL("Cel", drafts[1].unit.c_str());
  STRCMP_EQUAL("none", value_of(drafts[1], "device").c_str());
  STRCMP_EQUAL(places.sysfs.c_str(), value_of(drafts[1], "sysfs").c_str());
}

TEST(SysfsSurvey, tells_chips_of_one_name_by_their_device) {
  for (const std::string number : {"0", "1"}) {
    write("class/hwmon/hwmon" + number + "/name", "lm75");
    write("class/hwmon/hwmon" + number + "/temp1_input", "1000");
    link("sys/class/hwmon/hwmon" + number + "/device", "../../1-004" + number);
  }
  const Survey survey = survey_hwmon(places);
  LONGS_EQUAL(2, survey.findings.size());
  STRCMP_EQUAL("1-0041", value_of(survey.findings[1].drafts[0], "device").c_str());
}

TEST(SysfsSurvey, takes_the_file_name_where_two_sensors_have_one_label) {
  write("class/hwmon/hwmon0/name", "chip");
  for (const std::string sensor : {"temp1", "temp2"}) {
    write("class/hwmon/hwmon0/" + sensor + "_input", "1000");
    write("class/hwmon/hwmon0/" + sensor + "_label", "Sensor");
  }
  const Survey survey = survey_hwmon(places);
  STRCMP_EQUAL("temp2", value_of(survey.findings[0].drafts[1], "sensor").c_str());
}

TEST(SysfsSurvey, drafts_a_channel_for_each_input_of_an_iio_device) {
  write("bus/iio/devices/iio:device0/name", "ads1015");
  write("bus/iio/devices/iio:device0/in_voltage0_raw", "1");
  write("bus/iio/devices/iio:device0/in_voltage0_scale", "1");
  write("bus/iio/devices/iio:device0/out_voltage0_raw", "1");
  write("bus/iio/devices/iio:device1/name", "bmp280");
  write("bus/iio/devices/iio:device1/label", "attic");
  write("bus/iio/devices/iio:device1/in_pressure_input", "1");
  write("bus/iio/devices/iio:device2/name", "ads1015");
  write("bus/iio/devices/iio:device2/in_voltage0_raw", "1");
  const Survey survey = survey_iio(places);
  LONGS_EQUAL(3, survey.findings.size());
  LONGS_EQUAL(1, survey.findings[0].drafts.size());
  STRCMP_EQUAL("in_voltage0", value_of(survey.findings[0].drafts[0], "channel").c_str());
  STRCMP_EQUAL("V", survey.findings[0].drafts[0].unit.c_str());
  STRCMP_EQUAL("attic", value_of(survey.findings[1].drafts[0], "device").c_str());
  STRCMP_EQUAL("Pa", survey.findings[1].drafts[0].unit.c_str());
  // Only the first of a name can be read.
  CHECK_TRUE(survey.findings[2].drafts.empty());
  STRCMP_CONTAINS("give them labels", survey.findings[2].text.c_str());
}

TEST(SysfsSurvey, drafts_a_channel_for_each_thermometer_on_1_wire) {
  write("bus/w1/devices/28-0316a2799bff/w1_slave", "");
  write("bus/w1/devices/29-0000001a2b3c/name", "");
  write("bus/w1/devices/w1_bus_master1/name", "");
  const Survey survey = survey_w1(places);
  LONGS_EQUAL(2, survey.findings.size());
  STRCMP_EQUAL("28-0316a2799bff", value_of(survey.findings[0].drafts[0], "rom").c_str());
  CHECK_TRUE(survey.findings[1].drafts.empty());
}

TEST(SysfsSurvey, names_a_thermal_zone_by_its_type_where_only_one_has_it) {
  write("class/thermal/thermal_zone0/type", "cpu-thermal");
  write("class/thermal/thermal_zone1/type", "acpitz");
  write("class/thermal/thermal_zone2/type", "acpitz");
  const Survey survey = survey_thermal(places);
  LONGS_EQUAL(3, survey.findings.size());
  STRCMP_EQUAL("cpu-thermal", value_of(survey.findings[0].drafts[0], "target").c_str());
  STRCMP_EQUAL("2", value_of(survey.findings[2].drafts[0], "target").c_str());
}

TEST(SysfsSurvey, lists_serial_ports_by_the_name_that_stays) {
  for (const std::string port : {"ttyUSB0", "ttyAMA0", "ttyS7"}) {
    link("sys/class/tty/" + port + "/device/driver", "../../bus/drivers/some");
  }
  write("class/tty/ttyS7/type", "0");
  write("class/tty/tty1/active", "");
  link("dev/serial/by-id/usb-FTDI_FT232R-if00-port0", "../../ttyUSB0");
  const Survey survey = survey_serial(places);
  LONGS_EQUAL(2, survey.findings.size());
  STRCMP_CONTAINS("/serial/by-id/usb-FTDI_FT232R-if00-port0 (ttyUSB0)",
                  survey.findings[0].text.c_str());
  STRCMP_CONTAINS("/ttyAMA0", survey.findings[1].text.c_str());
}

TEST(SysfsSurvey, lists_can_interfaces) {
  write("class/net/can0/type", "280");
  write("class/net/can0/operstate", "down");
  write("class/net/eth0/type", "1");
  const Survey survey = survey_can(places);
  LONGS_EQUAL(1, survey.findings.size());
  STRCMP_EQUAL("interface can0 (down)", survey.findings[0].text.c_str());
}
