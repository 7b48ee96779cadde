#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <string>

#include "app/commands.hpp"
#include "tests/app/console.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

using Purpose = SurveyCommand::Purpose;

TEST_GROUP(SurveyCommand) {
  TemporaryFolder folder;

  void setup() override {
    folder.write("sys/class/hwmon/hwmon0/name", "nvme\n");
    folder.write("sys/class/hwmon/hwmon0/temp1_input", "30850\n");
    folder.write("sys/bus/iio/devices/iio:device0/name", "bmp280\n");
    folder.write("sys/bus/iio/devices/iio:device0/in_pressure_input", "99\n");
    folder.write("sys/bus/w1/devices/28-0316a2799bff/w1_slave", "\n");
    folder.write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
    folder.write("sys/class/i2c-dev/i2c-1/name", "bcm2835 (i2c@7e804000)\n");
  }
  std::string places() const {
    return " --sysfs " + folder.path_of("sys") + " --dev " + folder.path_of("dev");
  }
  Outcome probe(const std::string& more = "") {
    return run_command<SurveyCommand>("probe" + places() + more, Purpose::kProbe);
  }
  Outcome init(const std::string& file) {
    return run_command<SurveyCommand>("init " + file + places(), Purpose::kInit);
  }
  static std::string checked(const std::string& path) {
    return run_command<CheckCommand>("check " + path).out;
  }
};

TEST(SurveyCommand, prints_channels_that_check_accepts) {
  const Outcome outcome = probe();
  LONGS_EQUAL(kDone, outcome.status);
  STRCMP_EQUAL("", outcome.err.c_str());
  const std::string path = folder.write("probed.toml", outcome.out);
  // Three of the machine, and one each of hwmon, iio, w1 and the thermal zone.
  STRCMP_CONTAINS(" 7 channels, 0 alerts", checked(path).c_str());
  STRCMP_CONTAINS("# I2C:\n#   adapter i2c-1 \"bcm2835 (i2c@7e804000)\"\n", outcome.out.c_str());
  STRCMP_CONTAINS("cannot be asked", outcome.out.c_str());  // the test has no such device
}

TEST(SurveyCommand, does_not_ask_on_i2c_when_told_so) {
  const Outcome outcome = probe(" --no-i2c");
  STRCMP_CONTAINS("adapter i2c-1", outcome.out.c_str());
  CHECK_TRUE(outcome.out.find("cannot be asked") == std::string::npos);
}

TEST(SurveyCommand, writes_a_first_configuration) {
  const std::string path = folder.path_of("new.toml");
  const Outcome outcome = init(path);
  STRCMP_EQUAL("", outcome.err.c_str());
  LONGS_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("new.toml has 7 channels", outcome.out.c_str());
  STRCMP_CONTAINS(" 7 channels, 0 alerts", checked(path).c_str());
}

TEST(SurveyCommand, never_writes_over_a_file) {
  const std::string path = folder.write("mine.toml", "mine");
  const Outcome outcome = init(path);
  LONGS_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("is there already, and nothing was written", outcome.err.c_str());
  STRCMP_EQUAL("mine", text_of_file(path).c_str());
}

TEST(SurveyCommand, says_where_it_cannot_write) {
  const Outcome outcome = init(folder.path_of("none/new.toml"));
  LONGS_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("none/new.toml", outcome.err.c_str());
}

TEST(SurveyCommand, leaves_no_half_file_on_a_full_disk) {
  const std::string path = folder.path_of("new.toml");
  // The process of the command inherits the limit.
  rlimit before{};
  CHECK_EQUAL(0, getrlimit(RLIMIT_FSIZE, &before));
  signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 100, .rlim_max = before.rlim_max};
  CHECK_EQUAL(0, setrlimit(RLIMIT_FSIZE, &small));
  const Outcome outcome = init(path);
  CHECK_EQUAL(0, setrlimit(RLIMIT_FSIZE, &before));
  signal(SIGXFSZ, SIG_DFL);
  LONGS_EQUAL(kFailed, outcome.status);
  struct stat found {};
  CHECK_EQUAL(-1, stat(path.c_str(), &found));
}
