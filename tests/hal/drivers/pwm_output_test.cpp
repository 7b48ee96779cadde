#include "hal/drivers/pwm_output.hpp"

#include <chrono>
#include <string>

#include "hal/settings.hpp"
#include "tests/hal/drivers/pwm_tree.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST_GROUP(PwmOutput) {
  PwmTree tree;
  PwmOutput heater{{.chip = "fe20c000.pwm",
                    .channel = 1,
                    .sysfs = tree.sysfs.path(),
                    .period = milliseconds(1),
                    .on = microseconds(750),
                    .off = microseconds(0)}};

  static Settings settings(double duty_off = 0.0) {
    Settings settings;
    settings.set("chip", std::string("pwmchip0"));
    settings.set("channel", std::int64_t{2});
    settings.set("sysfs", std::string("/nowhere"));
    settings.set("period", Duration(milliseconds(20)));
    settings.set("duty_on", 7.5);
    settings.set("duty_off", duty_off);
    return settings;
  }
};

TEST(PwmOutput, sets_period_and_duty_and_enables) {
  tree.plug("pwmchip3", "fe20c000.pwm");
  tree.show("pwmchip3", "pwm1");
  CHECK_TRUE(heater.open(true).ok());
  STRCMP_EQUAL("1000000", tree.text("pwmchip3/pwm1/period").c_str());
  STRCMP_EQUAL("750000", tree.text("pwmchip3/pwm1/duty_cycle").c_str());
  STRCMP_EQUAL("1", tree.text("pwmchip3/pwm1/enable").c_str());
  CHECK_TRUE(heater.is_on().value());
  CHECK_TRUE(heater.set(false).ok());
  STRCMP_EQUAL("0", tree.text("pwmchip3/pwm1/duty_cycle").c_str());
  CHECK_FALSE(heater.is_on().value());
  heater.close();
  STRCMP_EQUAL("1", tree.text("pwmchip3/pwm1/enable").c_str());
}

TEST(PwmOutput, exports_its_channel_first) {
  tree.plug("pwmchip0", "fe20c000.pwm");
  // There is no kernel here that would show it at once.
  CHECK_FALSE(heater.open(false).ok());
  STRCMP_EQUAL("1", tree.text("pwmchip0/export").c_str());
  tree.show("pwmchip0", "pwm1");
  tree.write("pwmchip0/export", "");
  CHECK_TRUE(heater.open(false).ok());
  STRCMP_EQUAL("", tree.text("pwmchip0/export").c_str());
}

TEST(PwmOutput, is_found_by_its_device_whatever_its_number) {
  tree.plug("pwmchip0", "other.pwm");
  tree.show("pwmchip0", "pwm1");
  CHECK_TRUE(heater.open(true).error().code == ErrorCode::kNotFound);
  tree.plug("pwmchip1", "fe20c000.pwm");
  tree.show("pwmchip1", "pwm1");
  CHECK_TRUE(heater.open(true).ok());
  STRCMP_EQUAL("0", tree.text("pwmchip0/pwm1/duty_cycle").c_str());
}

TEST(PwmOutput, is_neither_when_somebody_else_sets_it) {
  tree.plug("pwmchip0", "fe20c000.pwm");
  tree.show("pwmchip0", "pwm1");
  CHECK_TRUE(heater.open(true).ok());
  tree.write("pwmchip0/pwm1/duty_cycle", "400000\n");
  CHECK_TRUE(heater.is_on().error().code == ErrorCode::kCorrupt);
  CHECK_TRUE(heater.set(true).ok());
  tree.write("pwmchip0/pwm1/enable", "0\n");
  CHECK_TRUE(heater.is_on().error().code == ErrorCode::kCorrupt);
  tree.sysfs.remove("class/pwm/pwmchip0");
  CHECK_TRUE(heater.is_on().error().code == ErrorCode::kNotFound);
  CHECK_TRUE(heater.set(true).error().code == ErrorCode::kNotFound);
}

TEST(PwmOutput, is_a_channel_of_its_chip) {
  STRCMP_EQUAL("pwm:pwmchip0", kPwmOutput.bus(settings()).c_str());
  STRCMP_EQUAL("pwm:pwmchip0 channel 2", kPwmOutput.address(settings()).c_str());
  CHECK_TRUE(kPwmOutput.make(settings())->open(true).error().code == ErrorCode::kNotFound);
}

TEST(PwmOutput, has_to_have_two_states) {
  CHECK_FALSE(kPwmOutput.check(settings()).has_value());
  STRCMP_EQUAL("duty_on", kPwmOutput.check(settings(7.5))->key.c_str());
}
