#include "hal/buses/modbus_value.hpp"

#include <cmath>
#include <initializer_list>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice::hal::modbus;

TEST_GROUP(ModbusValue){static double read(Type type, std::initializer_list<std::uint16_t> words,
                                           Format format = Format{}){format.type = type;
return value_of(std::vector<std::uint16_t>(words), format);
}
}
;

TEST(ModbusValue, is_one_register_with_or_without_a_sign) {
  DOUBLES_EQUAL(65'534.0, read(Type::kUint16, {0xFFFE}), 0.0);
  DOUBLES_EQUAL(-2.0, read(Type::kInt16, {0xFFFE}), 0.0);
}

TEST(ModbusValue, is_two_registers_the_most_significant_first) {
  DOUBLES_EQUAL(305'419'896.0, read(Type::kUint32, {0x1234, 0x5678}), 0.0);
  DOUBLES_EQUAL(-2.0, read(Type::kInt32, {0xFFFF, 0xFFFE}), 0.0);
  // 123456.0 in IEEE 754 is 0x47F12000.
  DOUBLES_EQUAL(123'456.0, read(Type::kFloat32, {0x47F1, 0x2000}), 0.0);
}

TEST(ModbusValue, is_four_registers) {
  DOUBLES_EQUAL(281'483'566'841'860.0, read(Type::kUint64, {0x0001, 0x0002, 0x0003, 0x0004}), 0.0);
  DOUBLES_EQUAL(18'446'744'073'709'551'615.0, read(Type::kUint64, {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF}),
                0.0);
  DOUBLES_EQUAL(-1.0, read(Type::kInt64, {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF}), 0.0);
  // -2.5 in IEEE 754 is 0xC004000000000000.
  DOUBLES_EQUAL(-2.5, read(Type::kFloat64, {0xC004, 0, 0, 0}), 0.0);
}

TEST(ModbusValue, has_its_words_in_either_order) {
  const Format swapped{.low_word_first = true};
  DOUBLES_EQUAL(305'419'896.0, read(Type::kUint32, {0x5678, 0x1234}, swapped), 0.0);
  DOUBLES_EQUAL(-2.5, read(Type::kFloat64, {0, 0, 0, 0xC004}, swapped), 0.0);
}

TEST(ModbusValue, has_its_bytes_in_either_order) {
  DOUBLES_EQUAL(4'660.0, read(Type::kUint16, {0x3412}, {.low_byte_first = true}), 0.0);
  DOUBLES_EQUAL(305'419'896.0, read(Type::kUint32, {0x3412, 0x7856}, {.low_byte_first = true}),
                0.0);
  DOUBLES_EQUAL(
      305'419'896.0,
      read(Type::kUint32, {0x7856, 0x3412}, {.low_word_first = true, .low_byte_first = true}), 0.0);
}

TEST(ModbusValue, is_a_bit_of_a_register_or_of_a_table_of_bits) {
  DOUBLES_EQUAL(1.0, read(Type::kBit, {0x0100}, {.bit = 8}), 0.0);
  DOUBLES_EQUAL(0.0, read(Type::kBit, {0xFEFF}, {.bit = 8}), 0.0);
  DOUBLES_EQUAL(1.0, read(Type::kBit, {1}), 0.0);
}

TEST(ModbusValue, hands_on_what_is_no_number) {
  CHECK_TRUE(std::isnan(read(Type::kFloat32, {0x7FC0, 0})));
}
