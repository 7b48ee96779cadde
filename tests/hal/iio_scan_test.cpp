#include "hal/iio_scan.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(IioScan){
    static IioElement element(const std::string& name, std::uint64_t index, const char* type){
        return IioElement{.name = name, .index = index, .format = *parse_iio_format(type)};
}
static double value(const std::vector<std::uint8_t>& scan, const char* type) {
  return iio_value(scan, element("in_x", 0, type));
}
}
;

// Types as drivers of the kernel have them: ti-ads1015, mcp320x, bmp280, hid-sensor, the time
// stamp.
TEST(IioScan, knows_the_forms_of_the_kernel) {
  CHECK_TRUE(*parse_iio_format("le:s12/16>>4\n") == (IioFormat{false, true, 12, 16, 4}));
  CHECK_TRUE(*parse_iio_format("be:u12/16>>2") == (IioFormat{true, false, 12, 16, 2}));
  CHECK_TRUE(*parse_iio_format("le:s32/32>>0") == (IioFormat{false, true, 32, 32, 0}));
  CHECK_TRUE(*parse_iio_format("le:u8/8") == (IioFormat{false, false, 8, 8, 0}));
  CHECK_TRUE(*parse_iio_format("le:s64/64>>0") == (IioFormat{false, true, 64, 64, 0}));
}

TEST(IioScan, takes_no_other_form) {
  for (const char* text :
       {"", "le", "le:", "xe:s12/16>>4", "le:x12/16>>4", "le:s12", "le:s12/", "le:s12/15>>0",
        "le:s0/16>>0", "le:s12/16>>5", "le:s17/16>>0", "le:s12/16X2>>4", "le:s12/16>>",
        "le:s12/16>>4x", "le:s12>>4/16", "le:s-1/16>>0", "le:s12/128>>0"}) {
    CHECK_FALSE_TEXT(parse_iio_format(text).has_value(), text);
  }
}

TEST(IioScan, takes_a_value_out_of_its_bits) {
  CHECK_EQUAL(-1.0, value({0xF0, 0xFF}, "le:s12/16>>4"));
  CHECK_EQUAL(2047.0, value({0xF0, 0x7F}, "le:s12/16>>4"));
  CHECK_EQUAL(-2048.0, value({0x00, 0x80}, "le:s12/16>>4"));
  CHECK_EQUAL(4095.0, value({0x3F, 0xFF}, "be:u12/16>>2"));
  CHECK_EQUAL(258.0, value({0x01, 0x02}, "be:u16/16"));
  CHECK_EQUAL(513.0, value({0x01, 0x02}, "le:u16/16"));
  CHECK_EQUAL(-2.0, value({0xFE, 0xFF, 0xFF, 0xFF}, "le:s32/32"));
  CHECK_EQUAL(-1.0, value(std::vector<std::uint8_t>(8, 0xFF), "le:s64/64"));
  CHECK_EQUAL(255.0, value({0xFF}, "le:u8/8"));
}

// 3 x 16 bits and a time stamp of 64, as the kernel's documentation lays them out.
TEST(IioScan, lays_elements_out_by_index_each_at_its_own_size) {
  std::vector<IioElement> elements{
      element("in_timestamp", 3, "le:s64/64"), element("in_accel_z", 2, "le:s16/16"),
      element("in_accel_x", 0, "le:s16/16"), element("in_accel_y", 1, "le:s16/16")};
  UNSIGNED_LONGS_EQUAL(16, *lay_out(elements));
  STRCMP_EQUAL("in_accel_x", elements[0].name.c_str());
  UNSIGNED_LONGS_EQUAL(0, elements[0].offset);
  UNSIGNED_LONGS_EQUAL(2, elements[1].offset);
  UNSIGNED_LONGS_EQUAL(4, elements[2].offset);
  UNSIGNED_LONGS_EQUAL(8, elements[3].offset);
}

TEST(IioScan, a_scan_ends_at_a_multiple_of_the_largest_element) {
  std::vector<IioElement> elements{element("a", 0, "le:s32/32"), element("b", 1, "le:u8/8")};
  UNSIGNED_LONGS_EQUAL(8, *lay_out(elements));
  std::vector<IioElement> none;
  UNSIGNED_LONGS_EQUAL(0, *lay_out(none));
}

TEST(IioScan, two_elements_have_no_one_place) {
  std::vector<IioElement> elements{element("a", 1, "le:s32/32"), element("b", 1, "le:u8/8")};
  CHECK_FALSE(lay_out(elements).ok());
}
