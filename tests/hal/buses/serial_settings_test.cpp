#include "hal/buses/serial_settings.hpp"

#include <string>

#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(SerialSettings){
    static Settings settings(std::int64_t baud, const std::string& parity){Settings made;
made.set("device", std::string("/dev/ttyUSB0"));
made.set("baud", baud);
made.set("parity", parity);
made.set("stop_bits", std::int64_t{2});
return made;
}
}
;

TEST(SerialSettings, are_told_in_the_usual_words) {
  STRCMP_EQUAL("/dev/ttyUSB0@9600,8N2", in_words(serial_settings(settings(9'600, "none"))).c_str());
  STRCMP_EQUAL("/dev/ttyUSB0@115200,8E2",
               in_words(serial_settings(settings(115'200, "even"))).c_str());
  CHECK_EQUAL('O', serial_settings(settings(9'600, "odd")).parity);
}

TEST(SerialSettings, have_a_rate_that_there_is) {
  CHECK_FALSE(check_serial(settings(9'600, "none")).has_value());
  STRCMP_EQUAL("baud", check_serial(settings(9'601, "none"))->key.c_str());
}

TEST(SerialSettings, make_a_line_the_place_of_one_driver) {
  STRCMP_EQUAL("line /dev/ttyUSB0", serial_address(settings(9'600, "none")).c_str());
}
