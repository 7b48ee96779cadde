#include "hal/drivers/iio_driver.hpp"

#include <string>

#include "tests/hal/drivers/configured.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(IioDriver) {
  TemporaryFolder sysfs;

  static std::string folder_of(int number) {
    return "bus/iio/devices/iio:device" + std::to_string(number);
  }
  void put(int number, const std::string& name, const std::string& text) {
    sysfs.write(folder_of(number) + "/" + name, text);
  }
  void plug(int number, const std::string& name) {
    put(number, "name", name + "\n");
  }
  void unplug(int number) {
    sysfs.remove(folder_of(number));
  }
  Configured channel(const std::string& device, const std::string& name) {
    return Configured("driver = \"iio\"\ndevice = \"" + device + "\"\nchannel = \"" + name +
                      "\"\nsysfs = \"" + sysfs.path() + "\"\n");
  }
};

// The files of a BME280, which are all processed: m°C, kPa, m%.
TEST(IioDriver, reads_processed_values_in_base_units) {
  plug(0, "bme280");
  put(0, "in_temp_input", "23120\n");
  put(0, "in_pressure_input", "98.763671875\n");
  put(0, "in_humidityrelative_input", "46123\n");
  DOUBLES_EQUAL(23.12, channel("bme280", "in_temp").measure().value(), 1e-9);
  DOUBLES_EQUAL(98763.671875, channel("bme280", "in_pressure").measure().value(), 1e-6);
  DOUBLES_EQUAL(46.123, channel("bme280", "in_humidityrelative").measure().value(), 1e-9);
}

// An ADS1015 has a scale for each channel, an MCP3208 one for all.
TEST(IioDriver, scales_what_is_raw) {
  plug(0, "ads1015");
  put(0, "in_voltage0_raw", "1000\n");
  put(0, "in_voltage0_scale", "3.000000\n");
  DOUBLES_EQUAL(3.0, channel("ads1015", "in_voltage0").measure().value(), 1e-9);
  plug(1, "mcp3208");
  put(1, "in_voltage5_raw", "2048\n");
  put(1, "in_voltage_scale", "0.805664062\n");
  DOUBLES_EQUAL(1.65, channel("mcp3208", "in_voltage5").measure().value(), 1e-6);
}

TEST(IioDriver, adds_the_offset_before_it_scales) {
  plug(0, "dht");
  put(0, "in_temp_raw", "100\n");
  put(0, "in_temp_offset", "-50\n");
  put(0, "in_temp_scale", "500\n");
  DOUBLES_EQUAL(25.0, channel("dht", "in_temp").measure().value(), 1e-9);
}

TEST(IioDriver, finds_what_channels_share) {
  plug(0, "adxl345");
  put(0, "in_accel_x_raw", "-26\n");
  put(0, "in_accel_scale", "0.038300\n");
  DOUBLES_EQUAL(-0.9958, channel("adxl345", "in_accel_x").measure().value(), 1e-9);
  plug(1, "differential");
  put(1, "in_voltage0-voltage1_raw", "10\n");
  put(1, "in_voltage-voltage_scale", "2\n");
  DOUBLES_EQUAL(0.02, channel("differential", "in_voltage0-voltage1").measure().value(), 1e-9);
}

TEST(IioDriver, prefers_what_is_the_channels_own) {
  plug(0, "adc");
  put(0, "in_voltage1_raw", "10\n");
  put(0, "in_voltage1_scale", "1\n");
  put(0, "in_voltage_scale", "100\n");
  DOUBLES_EQUAL(0.01, channel("adc", "in_voltage1").measure().value(), 1e-9);
}

TEST(IioDriver, finds_a_device_by_its_label) {
  plug(0, "ads1015");
  put(0, "label", "left\n");
  put(0, "in_voltage0_raw", "1000\n");
  plug(1, "ads1015");
  put(1, "label", "right\n");
  put(1, "in_voltage0_raw", "2000\n");
  DOUBLES_EQUAL(2.0, channel("right", "in_voltage0").measure().value(), 1e-9);
}

TEST(IioDriver, finds_a_device_again_under_another_number) {
  plug(0, "bme280");
  put(0, "in_temp_input", "20000\n");
  Configured sensor = channel("bme280", "in_temp");
  CHECK_TRUE(sensor.measure().ok());
  unplug(0);
  CHECK_TRUE(sensor.failure() == ErrorCode::kNotFound);
  plug(3, "bme280");
  put(3, "in_temp_input", "21000\n");
  DOUBLES_EQUAL(21.0, sensor.measure().value(), 1e-9);
}

TEST(IioDriver, does_not_take_another_device_that_got_its_number) {
  plug(0, "bme280");
  put(0, "in_temp_input", "20000\n");
  Configured sensor = channel("bme280", "in_temp");
  CHECK_TRUE(sensor.measure().ok());
  plug(0, "bmp280");
  CHECK_TRUE(sensor.failure() == ErrorCode::kNotFound);
}

TEST(IioDriver, says_what_is_missing) {
  Configured sensor = channel("bme280", "in_temp");
  STRCMP_CONTAINS("no device \"bme280\"", sensor.measure().error().message.c_str());
  plug(0, "bme280");
  STRCMP_CONTAINS("has no channel \"in_temp\"", sensor.measure().error().message.c_str());
}

TEST(IioDriver, takes_nothing_but_numbers) {
  plug(0, "adc");
  Configured sensor = channel("adc", "in_voltage0");
  for (const char* text : {"", "12 13\n", "NaN\n", "garbage\n"}) {
    put(0, "in_voltage0_raw", text);
    CHECK_TRUE_TEXT(sensor.failure() == ErrorCode::kCorrupt, text);
  }
  put(0, "in_voltage0_raw", "12\n");
  put(0, "in_voltage_scale", "half\n");
  CHECK_TRUE(sensor.failure() == ErrorCode::kCorrupt);
}

TEST(IioDriver, knows_units_by_whole_words) {
  DOUBLES_EQUAL(1e-3, iio_unit("in_temp"), 0.0);
  DOUBLES_EQUAL(1e-3, iio_unit("in_temp_ambient"), 0.0);
  DOUBLES_EQUAL(1e-3, iio_unit("in_voltage0-voltage1"), 0.0);
  DOUBLES_EQUAL(1e3, iio_unit("in_pressure0"), 0.0);
  DOUBLES_EQUAL(1.0, iio_unit("in_temperament"), 0.0);
  DOUBLES_EQUAL(1.0, iio_unit("in_illuminance"), 0.0);
}

TEST(IioDriver, has_a_bus_for_each_device) {
  STRCMP_EQUAL("iio:bme280", channel("bme280", "in_temp").open.bus.c_str());
}
