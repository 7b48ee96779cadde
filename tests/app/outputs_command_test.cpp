#include <string>

#include "app/commands.hpp"
#include "tests/app/console.hpp"
#include "tests/hal/drivers/pwm_tree.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

TEST_GROUP(OutputsCommand) {
  TemporaryFolder folder;
  hal::PwmTree pwm;

  void setup() override {
    pwm.plug("pwmchip0", "fe20c000.pwm");
    pwm.show("pwmchip0", "pwm0");
    pwm.show("pwmchip0", "pwm1");
  }
  std::string output(const std::string& name, int channel, const std::string& safe) const {
    return "[[actuator]]\nname = \"" + name +
           "\"\ndriver = \"pwm\"\nchip = \"pwmchip0\"\nchannel = " + std::to_string(channel) +
           "\nperiod = \"1ms\"\nsafe = \"" + safe + "\"\nsysfs = \"" + pwm.sysfs.path() + "\"\n";
  }
  static std::string channel() {
    return "[[channel]]\nname = \"load\"\nunit = \"1\"\ndriver = \"host\"\nquantity = \"load1\"\n";
  }
  std::string duty(const std::string& channel) const {
    return pwm.text("pwmchip0/" + channel + "/duty_cycle");
  }
  Outcome make_safe(const std::string& toml) {
    return run_command<OutputsCommand>("outputs --safe --state-directory " + folder.path() + " " +
                                       folder.write("sluice.toml", toml));
  }
};

TEST(OutputsCommand, puts_every_output_into_its_safe_state) {
  const Outcome outcome =
      make_safe("[[actuator]]\nname = \"horn\"\ndriver = \"log\"\n" + output("heater", 0, "off") +
                output("fan", 1, "on") + channel());
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_EQUAL("heater is safe\nfan is safe\n", outcome.out.c_str());
  STRCMP_EQUAL("0", duty("pwm0").c_str());
  STRCMP_EQUAL("1000000", duty("pwm1").c_str());
}

TEST(OutputsCommand, goes_on_after_one_that_fails) {
  const Outcome outcome =
      make_safe(output("heater", 7, "off") + output("fan", 1, "on") + channel());
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("heater is not safe: ", outcome.err.c_str());
  STRCMP_EQUAL("fan is safe\n", outcome.out.c_str());
  STRCMP_EQUAL("1000000", duty("pwm1").c_str());
}

TEST(OutputsCommand, takes_the_last_good_configuration_for_one_with_mistakes) {
  folder.write("last_good.toml", output("fan", 1, "on") + channel());
  const Outcome outcome = make_safe("[[actuator]]\nname = 5\n");
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("sluice.toml:2:", outcome.err.c_str());
  STRCMP_EQUAL("1000000", duty("pwm1").c_str());
}

TEST(OutputsCommand, says_when_nobody_knows_what_the_outputs_are) {
  const Outcome outcome = make_safe("[[actuator]]\nname = 5\n");
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("no output was touched", outcome.err.c_str());
}
