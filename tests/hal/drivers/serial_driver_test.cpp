#include "hal/drivers/serial_driver.hpp"

#include <chrono>
#include <string>

#include "tests/hal/buses/pty.hpp"
#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(SerialDriver) {
  Pty pty;
  Configured scale{"driver = \"serial\"\ndevice = \"" + pty.path() + "\"\nmax_age = \"10s\"\n"};
  Instant now{seconds(1'000)};

  Result<double> measure(Configured & channel) {
    now += milliseconds(200);
    channel.open.polled->probe().listen(now);
    return channel.measure(now);
  }
  void begin() {
    scale.open.polled->probe().listen(now);
    pty.say("half of a line\n12.5 kg\n");
    DOUBLES_EQUAL(12.5, measure(scale).value(), 0.0);
  }
  static std::string problem(const std::string& lines) {
    return Configured::problems_of("driver = \"serial\"\ndevice = \"/dev/ttyUSB0\"\n" + lines);
  }
  static bool refuses(const std::string& lines, const std::string& says) {
    return problem(lines).find(says) != std::string::npos;
  }
};

TEST(SerialDriver, reads_the_newest_number) {
  begin();
  pty.say("13\n14\n15");
  DOUBLES_EQUAL(14.0, measure(scale).value(), 0.0);
}

TEST(SerialDriver, keeps_a_number_for_a_while) {
  begin();
  now += seconds(9);
  DOUBLES_EQUAL(12.5, measure(scale).value(), 0.0);
  now += seconds(1);
  CHECK_TRUE(measure(scale).error().code == ErrorCode::kTimeout);
  pty.say("13\n");
  DOUBLES_EQUAL(13.0, measure(scale).value(), 0.0);
}

TEST(SerialDriver, tells_of_damaged_lines_once_and_goes_on) {
  begin();
  pty.say("1\x02\x03\n14\n");
  const Result<double> damaged = measure(scale);
  CHECK_TRUE(damaged.error().code == ErrorCode::kCorrupt);
  STRCMP_EQUAL("1 damaged lines, 1 in all", damaged.error().message.c_str());
  DOUBLES_EQUAL(14.0, measure(scale).value(), 0.0);
}

TEST(SerialDriver, says_when_the_device_does_not_know) {
  Configured gps("driver = \"serial\"\ndevice = \"" + pty.path() +
                 "\"\nformat = \"nmea\"\nsentence = \"GGA\"\nfield = 9\n");
  gps.open.polled->probe().listen(now);
  pty.say("\n$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n");
  DOUBLES_EQUAL(545.4, measure(gps).value(), 1e-9);
  pty.say("$GPGGA,,,,,,0,,,,,,,,*66\r\n");
  CHECK_TRUE(measure(gps).error().code == ErrorCode::kInvalid);
}

TEST(SerialDriver, is_absent_while_it_is_unplugged) {
  begin();
  const std::string path = pty.path();
  pty.unplug();
  CHECK_FALSE(measure(scale).ok());
}

TEST(SerialDriver, refuses_what_does_not_go_together) {
  STRCMP_EQUAL("", problem("").c_str());
  STRCMP_EQUAL("", problem("format = \"key_value\"\nkey = \"T\"\n").c_str());
  CHECK_TRUE(refuses("format = \"nmea\"\nsentence = \"GGA\"\n", "needs `sentence` and `field`"));
  CHECK_TRUE(refuses("format = \"key_value\"\n", "needs `key`"));
  CHECK_TRUE(refuses("sentence = \"GGA\"\n", "is of format"));
  CHECK_TRUE(refuses("key = \"T\"\n", "is of format"));
  CHECK_TRUE(refuses("format = \"key_value\"\nkey = \"T\"\nfield = 2\n", "of the formats"));
  CHECK_TRUE(refuses("baud = 123\n", "baud"));
}

TEST(SerialDriver, leaves_no_line_to_two_drivers) {
  CHECK_TRUE(
      refuses("[[channel]]\nname = \"d\"\nunit = \"1\"\ndriver = \"modbus_rtu\"\n"
              "device = \"/dev/ttyUSB0\"\nunit_id = 1\nregister = 0\n",
              "line /dev/ttyUSB0 is read by driver"));
}
