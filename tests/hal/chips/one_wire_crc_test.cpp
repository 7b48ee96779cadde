#include "hal/chips/one_wire_crc.hpp"

#include <array>
#include <cstdint>

#include <CppUTest/TestHarness.h>

using namespace sluice::hal;

TEST_GROUP(OneWireCrc){};

// The example of Maxim application note 27: ROM 02 1C B8 01 00 00 00 has the CRC A2.
TEST(OneWireCrc, is_that_of_the_application_note) {
  const std::array<std::uint8_t, 7> rom{0x02, 0x1C, 0xB8, 0x01, 0x00, 0x00, 0x00};
  LONGS_EQUAL(0xA2, one_wire_crc(rom));
}

TEST(OneWireCrc, is_0_of_a_block_with_its_own) {
  const std::array<std::uint8_t, 8> rom{0x02, 0x1C, 0xB8, 0x01, 0x00, 0x00, 0x00, 0xA2};
  LONGS_EQUAL(0, one_wire_crc(rom));
}

TEST(OneWireCrc, sees_every_wrong_bit) {
  const std::array<std::uint8_t, 8> rom{0x02, 0x1C, 0xB8, 0x01, 0x00, 0x00, 0x00, 0xA2};
  for (std::size_t bit = 0; bit < 8 * rom.size(); ++bit) {
    std::array<std::uint8_t, 8> damaged = rom;
    damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << (bit % 8)));
    CHECK_TRUE(one_wire_crc(damaged) != 0);
  }
}
