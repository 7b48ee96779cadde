// The calls of the GPIO character device are answered here instead of by a kernel.

#include "hal/survey/gpio_survey.hpp"

#include <linux/gpio.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "tests/hal/survey/answering_kernel.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(GpioSurvey) {
  TemporaryFolder folder;

  void setup() override {
    folder.write("dev/gpiochip0", "");
    AnsweringKernel::answer = answer;
  }
  void teardown() override {
    AnsweringKernel::answer = nullptr;
  }
  template <std::size_t kSize>
  static void put(char(&field)[kSize], const std::string& text) {
    std::copy_n(text.begin(), std::min(kSize, text.size()), field);
  }
  // A chip of three lines: a free one, one that the kernel has, an output.
  static int answer(unsigned long request, void* argument) {
    if (request == GPIO_GET_CHIPINFO_IOCTL) {
      auto& info = *static_cast<gpiochip_info*>(argument);
      put(info.label, "pinctrl-bcm2711");
      info.lines = 3;
      return 0;
    }
    if (request == GPIO_V2_GET_LINEINFO_IOCTL) {
      auto& line = *static_cast<gpio_v2_line_info*>(argument);
      if (line.offset == 0) {
        line.flags = GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_USED;
        put(line.consumer, "w1");
      } else if (line.offset == 1) {
        line.flags = GPIO_V2_LINE_FLAG_INPUT;
        put(line.name, std::string(sizeof(line.name), 'x'));  // as long as can be, without an end
      } else {
        line.flags = GPIO_V2_LINE_FLAG_OUTPUT;
        put(line.name, "RELAY");
      }
      return 0;
    }
    errno = ENOTTY;
    return -1;
  }
  Survey survey() {
    return survey_gpio({.sysfs = folder.path_of("sys"), .dev = folder.path_of("dev")});
  }
};

TEST(GpioSurvey, lists_chips_and_their_lines) {
  const Survey found = survey();
  LONGS_EQUAL(4, found.findings.size());
  STRCMP_EQUAL("chip gpiochip0 \"pinctrl-bcm2711\", 3 lines", found.findings[0].text.c_str());
  STRCMP_EQUAL("  line 0, input, used by \"w1\"", found.findings[1].text.c_str());
  STRCMP_EQUAL(("  line 1 \"" + std::string(GPIO_MAX_NAME_SIZE, 'x') + "\", input").c_str(),
               found.findings[2].text.c_str());
  STRCMP_EQUAL("  line 2 \"RELAY\", output", found.findings[3].text.c_str());
}

TEST(GpioSurvey, drafts_one_input_that_is_free) {
  const Survey found = survey();
  CHECK_TRUE(found.findings[1].drafts.empty());
  LONGS_EQUAL(1, found.findings[2].drafts.size());
  CHECK_TRUE(found.findings[2].drafts[0].guessed);
  CHECK_TRUE(found.findings[3].drafts.empty());
}

TEST(GpioSurvey, says_when_a_chip_cannot_be_asked) {
  AnsweringKernel::answer = nullptr;
  STRCMP_CONTAINS("gpiochip0 cannot be asked", survey().findings[0].text.c_str());
}
