#include "hal/drivers/modbus_driver.hpp"

#include <chrono>
#include <string>
#include <variant>

#include "config/parse.hpp"
#include "tests/hal/buses/modbus_slave.hpp"
#include "tests/hal/buses/pty.hpp"
#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;

namespace {

const std::string kRtu = "driver = \"modbus_rtu\"\ndevice = \"/dev/ttyUSB0\"\n";
const std::string kTcp = "driver = \"modbus_tcp\"\nhost = \"plc\"\n";

}  // namespace

TEST_GROUP(ModbusDriver) {
  Pty pty;
  modbus::Slave slave;

  static Result<double> measure(Configured & channel) {
    const Instant now{std::chrono::seconds(1)};
    channel.open.polled->probe().listen(now);
    return channel.measure(now);
  }
  static bool refuses(const std::string& lines, const std::string& says) {
    return Configured::problems_of(lines).find(says) != std::string::npos;
  }
};

TEST(ModbusDriver, reads_a_number_over_a_line) {
  slave.serve_line(pty.end(), [](const modbus::Bytes& request, std::size_t) {
    // Registers 10 and 11, as asked: 1.5 in IEEE 754 is 0x3FC00000, the low word first.
    const bool asked = request.substr(0, 6) == modbus::bytes({3, 4, 0, 10, 0, 2});
    return asked ? modbus::with_crc(modbus::bytes({3, 4, 4, 0x00, 0x00, 0x3F, 0xC0})) : "";
  });
  Configured channel("driver = \"modbus_rtu\"\ndevice = \"" + pty.path() +
                     "\"\nbaud = 115200\nunit_id = 3\ntable = \"input\"\nregister = 10\n"
                     "type = \"float32\"\nword_order = \"little\"\ntimeout = \"10s\"\n");
  const Result<double> value = measure(channel);
  CHECK_TRUE_TEXT(value.ok(), value.ok() ? "" : value.error().message.c_str());
  DOUBLES_EQUAL(1.5, *value, 0.0);
}

TEST(ModbusDriver, reads_a_bit_over_tcp) {
  const std::uint16_t port = slave.serve_tcp([](const modbus::Bytes& request, std::size_t) {
    return request.substr(0, 4) + modbus::bytes({0, 4, 1, 1, 1, 1});
  });
  Configured channel(
      "driver = \"modbus_tcp\"\nhost = \"127.0.0.1\"\nport = " + std::to_string(port) +
      "\nunit_id = 1\ntable = \"coil\"\nregister = 0\ntimeout = \"10s\"\n");
  DOUBLES_EQUAL(1.0, measure(channel).value(), 0.0);
}

TEST(ModbusDriver, has_time_for_its_answer_and_the_line) {
  Configured tcp(kTcp + "unit_id = 1\nregister = 0\ntimeout = \"200ms\"\n");
  CHECK_TRUE(tcp.open.polled->options().limit == milliseconds(800));
  Configured rtu(kRtu + "unit_id = 1\nregister = 0\ntimeout = \"200ms\"\nbaud = 1200\n");
  // 264 bytes of 11 bits take 2.42 s at 1,200 baud.
  CHECK_TRUE(rtu.open.polled->options().limit == milliseconds(4 * 2'620));
}

TEST(ModbusDriver, shares_a_line_and_a_host) {
  STRCMP_EQUAL("modbus:/dev/ttyUSB0@19200,8E1",
               Configured(kRtu + "unit_id = 1\nregister = 0\n").open.bus.c_str());
  STRCMP_EQUAL("modbus:plc:502", Configured(kTcp + "unit_id = 1\nregister = 0\n").open.bus.c_str());
}

TEST(ModbusDriver, refuses_what_cannot_be) {
  CHECK_TRUE(refuses(kRtu + "unit_id = 0\nregister = 0\n", "1 to 247"));
  CHECK_TRUE(refuses(kRtu + "unit_id = 248\nregister = 0\n", "1 to 247"));
  CHECK_TRUE(refuses(kTcp + "unit_id = 250\nregister = 0\n", "or 255"));
  CHECK_TRUE(refuses(kRtu + "unit_id = 1\nregister = 0\nbaud = 12345\n", "no rate"));
  CHECK_TRUE(refuses(kTcp + "unit_id = 1\nregister = 65535\ntype = \"int32\"\n", "65535"));
  CHECK_TRUE(refuses(kTcp + "unit_id = 1\nregister = 0\ntable = \"coil\"\ntype = \"int16\"\n",
                     "are bits"));
  CHECK_TRUE(
      refuses(kTcp + "unit_id = 1\nregister = 0\ntable = \"discrete\"\nbit = 3\n", "of its own"));
  STRCMP_EQUAL("", Configured::problems_of(kTcp + "unit_id = 255\nregister = 65535\n").c_str());
}

TEST(ModbusDriver, refuses_two_ways_of_speaking_on_one_line) {
  const std::string first = kRtu + "unit_id = 1\nregister = 0\n";
  const std::string next = "[[channel]]\nname = \"d\"\nunit = \"1\"\n";
  STRCMP_EQUAL("", Configured::problems_of(first + next + first).c_str());
  CHECK_TRUE(refuses(first + next + first + "baud = 9600\n", "only one of them can be right"));
}
