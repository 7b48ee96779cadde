#include "hal/buses/i2c_bus.hpp"

#include <functional>

#include "tests/hal/buses/fake_i2c_bus.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(I2cBus) {
  FakeI2cBus bus;
  WordRegisters words;
  ByteRegisters bytes;

  void setup() override {
    bus.devices[0x40] = std::ref(words);
    bus.devices[0x76] = std::ref(bytes);
  }
};

TEST(I2cBus, reads_and_writes_words_with_the_high_byte_first) {
  CHECK_TRUE(write_word(bus, 0x40, 5, 0x1234).ok());
  LONGS_EQUAL(0x1234, words.words[5]);
  LONGS_EQUAL(0x1234, read_word(bus, 0x40, 5).value());
}

TEST(I2cBus, reads_registers_one_after_the_other) {
  CHECK_TRUE(write_byte(bus, 0x76, 0xF2, 1).ok());
  CHECK_TRUE(write_byte(bus, 0x76, 0xF3, 2).ok());
  const auto read = read_registers<2>(bus, 0x76, 0xF2);
  CHECK_TRUE(*read == (std::array<std::uint8_t, 2>{1, 2}));
}

TEST(I2cBus, passes_failures_on) {
  CHECK_TRUE(read_word(bus, 0x41, 0).error().code == ErrorCode::kUnavailable);
  CHECK_TRUE(read_registers<2>(bus, 0x41, 0).error().code == ErrorCode::kUnavailable);
  CHECK_FALSE(write_word(bus, 0x41, 0, 0).ok());
  CHECK_FALSE(write_byte(bus, 0x41, 0, 0).ok());
}
