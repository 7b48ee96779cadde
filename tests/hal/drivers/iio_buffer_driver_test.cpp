#include "hal/drivers/iio_buffer_driver.hpp"

#include <string>
#include <utility>
#include <vector>

#include "tests/hal/buses/iio_tree.hpp"
#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(IioBufferDriver) {
  IioTree tree;

  void setup() override {
    tree.plug(0, "adc", {"in_voltage0", "in_voltage1"});
    tree.put(0, "in_voltage_scale", "0.5\n");
    tree.put(0, "in_voltage0_offset", "-100\n");
  }
  std::string lines(const std::string& driver, const std::string& channel) {
    return "driver = \"" + driver + "\"\ndevice = \"adc\"\nchannel = \"" + channel +
           "\"\nsysfs = \"" + tree.sysfs() + "\"\n";
  }
  Configured channel(const std::string& more) {
    return Configured(lines("iio_buffer", "in_voltage0") + "dev = \"" + tree.dev() +
                      "\"\nlength = 8\n" + more);
  }
};

// (counts - 100) * 0.5 mV.
TEST(IioBufferDriver, reads_the_mean_of_all_samples_in_base_units) {
  Configured voltage = channel("");
  CHECK_TRUE(voltage.failure() == ErrorCode::kNotFound);
  tree.sample(0, {{1'000}, {1'100}, {1'800}});
  DOUBLES_EQUAL(0.6, voltage.measure().value(), 1e-12);
}

TEST(IioBufferDriver, reads_other_summaries) {
  const std::vector<std::pair<std::string, double>> expected{
      {"last", 0.75}, {"min", 0.45}, {"max", 0.75}, {"mean", 0.6}};
  for (const auto& [summary, value] : expected) {
    Configured voltage = channel("summary = \"" + summary + "\"\n");
    static_cast<void>(voltage.measure());
    tree.sample(0, {{1'000}, {1'300}, {1'600}});
    DOUBLES_EQUAL(value, voltage.measure().value(), 1e-12);
  }
}

TEST(IioBufferDriver, repeats_its_value_while_no_sample_comes) {
  Configured voltage = channel("");
  static_cast<void>(voltage.measure());
  tree.sample(0, {{1'000}});
  DOUBLES_EQUAL(0.45, voltage.measure().value(), 1e-12);
  DOUBLES_EQUAL(0.45, voltage.measure().value(), 1e-12);
}

TEST(IioBufferDriver, an_overrun_is_a_fault_and_the_buffer_begins_anew) {
  Configured voltage = channel("");
  static_cast<void>(voltage.measure());
  tree.sample(0, std::vector<std::vector<int>>(8, {1'000}));
  STRCMP_CONTAINS("has overrun", voltage.measure().error().message.c_str());
  tree.sample(0, {{1'600}});
  DOUBLES_EQUAL(0.75, voltage.measure().value(), 1e-12);
}

TEST(IioBufferDriver, a_device_is_read_in_one_way_only) {
  const std::string other =
      "[[channel]]\nname = \"d\"\nunit = \"1\"\n" + lines("iio", "in_voltage1");
  STRCMP_CONTAINS("is read by driver \"iio_buffer\"",
                  Configured::problems_of(lines("iio_buffer", "in_voltage0") + other).c_str());
  STRCMP_EQUAL("", Configured::problems_of(lines("iio", "in_voltage0") + other).c_str());
}
