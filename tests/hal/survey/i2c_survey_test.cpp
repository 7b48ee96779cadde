// The calls of i2c-dev are answered here instead of by a kernel.

#include "hal/survey/i2c_survey.hpp"

#include <linux/i2c-dev.h>
#include <linux/i2c.h>

#include <cerrno>
#include <map>
#include <set>

#include "tests/hal/survey/answering_kernel.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(I2cSurvey) {
  TemporaryFolder folder;
  unsigned long functions = I2C_FUNC_SMBUS_QUICK | I2C_FUNC_SMBUS_READ_BYTE;
  std::set<unsigned long> there;
  std::set<unsigned long> taken;
  int failure = ENXIO;  // where nobody is
  unsigned long slave = 0;
  std::map<unsigned long, std::uint32_t> asked_by;  // address: size of the transfer

  void setup() override {
    folder.write("sys/class/i2c-dev/i2c-1/name", "bcm2835 (i2c@7e804000)\n");
    folder.write("dev/i2c-1", "");
    AnsweringKernel::answer = [this](unsigned long request, void* argument) {
      return this->answer(request, argument);
    };
  }
  void teardown() override {
    AnsweringKernel::answer = nullptr;
  }
  int fail(int number) {
    errno = number;
    return -1;
  }
  int answer(unsigned long request, void* argument) {
    if (request == I2C_FUNCS) {
      *static_cast<unsigned long*>(argument) = functions;
      return 0;
    }
    if (request == I2C_SLAVE) {
      slave = reinterpret_cast<unsigned long>(argument);
      return taken.contains(slave) ? fail(EBUSY) : 0;
    }
    const auto& call = *static_cast<const i2c_smbus_ioctl_data*>(argument);
    asked_by[slave] = call.size;
    return there.contains(slave) ? 0 : fail(failure);
  }
  Survey survey(bool asks = true) {
    return survey_i2c({.sysfs = folder.path_of("sys"), .dev = folder.path_of("dev")}, asks);
  }
  std::string texts() {
    std::string all;
    for (const Finding& finding : survey().findings) all += finding.text + "\n";
    return all;
  }
};

TEST(I2cSurvey, lists_who_answers_and_whom_the_kernel_has) {
  there = {0x44, 0x76};
  taken = {0x48};
  STRCMP_EQUAL(
      "adapter i2c-1 \"bcm2835 (i2c@7e804000)\"\n  0x44 answers\n"
      "  0x48 belongs to a driver of the kernel (hwmon, iio or another)\n  0x76 answers\n",
      texts().c_str());
  CHECK_FALSE(asked_by.contains(0x48));
}

TEST(I2cSurvey, asks_only_what_can_be_asked_without_harm) {
  CHECK_FALSE(survey().findings.empty());
  LONGS_EQUAL(0x70, asked_by.size());  // none that is reserved
  LONGS_EQUAL(0x08, asked_by.begin()->first);
  LONGS_EQUAL(0x77, asked_by.rbegin()->first);
  for (const auto& [address, size] : asked_by) {
    const bool may_keep =
        (address >= 0x30 && address < 0x38) || (address >= 0x50 && address < 0x60);
    LONGS_EQUAL(may_keep ? I2C_SMBUS_BYTE : I2C_SMBUS_QUICK, size);
  }
}

TEST(I2cSurvey, reads_where_an_adapter_cannot_write_nothing) {
  functions = I2C_FUNC_SMBUS_READ_BYTE;
  there = {0x76};
  STRCMP_CONTAINS("0x76 answers", texts().c_str());
  LONGS_EQUAL(I2C_SMBUS_BYTE, asked_by[0x76]);
}

TEST(I2cSurvey, leaves_out_what_an_adapter_cannot_ask) {
  functions = I2C_FUNC_SMBUS_QUICK;
  STRCMP_CONTAINS("some addresses this adapter cannot ask", texts().c_str());
  CHECK_FALSE(asked_by.contains(0x50));
  CHECK_TRUE(asked_by.contains(0x76));
}

TEST(I2cSurvey, gives_up_on_a_bus_that_is_stuck) {
  failure = ETIMEDOUT;
  STRCMP_CONTAINS("is the bus stuck", texts().c_str());
  LONGS_EQUAL(kTimeoutsMax, asked_by.size());
}

TEST(I2cSurvey, asks_nobody_when_told_so) {
  there = {0x76};
  LONGS_EQUAL(1, survey(false).findings.size());
  CHECK_TRUE(asked_by.empty());
}

TEST(I2cSurvey, says_when_nobody_answers_and_when_there_is_no_adapter) {
  STRCMP_CONTAINS("nobody answers", texts().c_str());
  folder.remove("dev/i2c-1");
  STRCMP_CONTAINS("cannot be asked", texts().c_str());
  folder.remove("sys");
  LONGS_EQUAL(0, survey().findings.size());
  CHECK_FALSE(survey().hint.empty());
}

TEST(I2cSurvey, drafts_the_drivers_that_have_the_address) {
  there = {0x44, 0x76};
  const Survey found = survey();
  std::set<std::string> drivers;
  for (const Finding& finding : found.findings) {
    for (const Draft& draft : finding.drafts) {
      drivers.insert(draft.driver);
      CHECK_TRUE(draft.guessed);
    }
  }
  CHECK_TRUE(drivers == (std::set<std::string>{"bme280", "ina219", "sht3x"}));
}
