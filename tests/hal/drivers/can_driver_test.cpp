#include "hal/drivers/can_driver.hpp"

#include <linux/can/error.h>

#include <chrono>
#include <string>

#include "tests/hal/buses/can_pair.hpp"
#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(CanDriver) {
  can::Pair pair;
  can::Talk talk{can::Socket("can0", pair.open())};
  CanProbe probe{talk, {.id = 0x123, .signal = {.start = 0, .length = 8}}, seconds(10)};
  Instant now{seconds(1'000)};

  void setup() override {
    probe.listen(now);
  }
  Result<double> measure() {
    now += milliseconds(200);
    probe.listen(now);
    return probe.measure(now);
  }
  static std::string problem(const std::string& lines) {
    return Configured::problems_of("driver = \"can\"\ninterface = \"can0\"\n" + lines);
  }
  static bool refuses(const std::string& lines, const std::string& says) {
    return problem(lines).find(says) != std::string::npos;
  }
};

TEST(CanDriver, keeps_a_number_for_a_while) {
  CHECK_TRUE(measure().error().code == ErrorCode::kTimeout);
  pair.send(0x123, {7});
  DOUBLES_EQUAL(7.0, measure().value(), 0.0);
  now += seconds(9);
  DOUBLES_EQUAL(7.0, measure().value(), 0.0);
  now += seconds(1);
  CHECK_TRUE(measure().error().code == ErrorCode::kTimeout);
}

TEST(CanDriver, tells_of_errors_on_the_bus_once_and_goes_on) {
  pair.send(0x123, {7});
  pair.send(CAN_ERR_FLAG | CAN_ERR_CRTL, {0, 8, 0, 0, 0, 0, 0, 0});
  const Result<double> failed = measure();
  CHECK_TRUE(failed.error().code == ErrorCode::kUnavailable);
  STRCMP_EQUAL("1 errors on the bus, 1 in all", failed.error().message.c_str());
  DOUBLES_EQUAL(7.0, measure().value(), 0.0);
}

TEST(CanDriver, fails_for_as_long_as_it_is_off_the_bus) {
  pair.send(0x123, {7});
  pair.send(CAN_ERR_FLAG | CAN_ERR_BUSOFF, {0, 0, 0, 0, 0, 0, 0, 0});
  for (int i = 0; i < 3; ++i) CHECK_TRUE(measure().error().code == ErrorCode::kUnavailable);
}

TEST(CanDriver, is_absent_without_its_interface) {
  Configured absent(
      "driver = \"can\"\ninterface = \"no-such-can\"\nid = 1\nstart_bit = 0\n"
      "length = 8\n");
  STRCMP_EQUAL("can:no-such-can", absent.open.bus.c_str());
  absent.open.polled->probe().listen(now);
  CHECK_TRUE(absent.measure(now).error().code == ErrorCode::kNotFound);
}

TEST(CanDriver, refuses_what_is_in_no_frame) {
  STRCMP_EQUAL("", problem("id = 0x7ff\nstart_bit = 0\nlength = 64\n").c_str());
  STRCMP_EQUAL("", problem("id = 0x1fffffff\nextended = true\nstart_bit = 7\nlength = 16\n"
                           "byte_order = \"big\"\n")
                       .c_str());
  CHECK_TRUE(refuses("id = 0x800\nstart_bit = 0\nlength = 8\n", "more than 11 bits"));
  CHECK_TRUE(refuses("id = 1\nstart_bit = 60\nlength = 8\n", "behind the 8 bytes"));
  CHECK_TRUE(refuses("id = 1\nstart_bit = 0\nlength = 8\nmux_value = 1\n", "goes with"));
  CHECK_TRUE(
      refuses("id = 1\nstart_bit = 0\nlength = 8\nmux_value = 1\nmux_start_bit = 63\n"
              "mux_length = 4\n",
              "multiplexor"));
}
