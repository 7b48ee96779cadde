#include "hal/chips/ds18b20.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

namespace {

// 23.125 Cel: 0x0172 sixteenths. The bytes are of the datasheet's layout: temperature, TH, TL,
// configuration (12 bits), reserved, CRC.
const std::string kGood =
    "72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n"
    "72 01 4b 46 7f ff 0e 10 57 t=23125\n";

void is_refused(const std::string& text) {
  const Result<double> celsius = w1_slave_celsius(text);
  CHECK_TRUE_TEXT(!celsius.ok() && celsius.error().code == ErrorCode::kCorrupt, text.c_str());
}

std::string with(std::string text, const std::string& old, const std::string& other) {
  const std::size_t at = text.find(old);
  CHECK_TRUE(at != std::string::npos);
  return text.replace(at, old.size(), other);
}

}  // namespace

TEST_GROUP(Ds18b20){};

TEST(Ds18b20, is_read_from_both_lines) {
  DOUBLES_EQUAL(23.125, w1_slave_celsius(kGood).value(), 0.0);
}

TEST(Ds18b20, is_not_believed_when_the_kernel_does_not) {
  is_refused(with(kGood, "YES", "NO"));
}

TEST(Ds18b20, is_not_believed_when_the_kernel_should_not) {
  is_refused(with(with(kGood, "72 01", "72 05"), "72 01", "72 05"));
}

TEST(Ds18b20, is_not_believed_when_its_lines_differ) {
  is_refused(with(kGood, "57 t=", "58 t="));
}

TEST(Ds18b20, is_not_believed_when_it_is_half_written) {
  for (std::size_t size = 0; size < kGood.size(); ++size) is_refused(kGood.substr(0, size));
}

TEST(Ds18b20, is_not_believed_when_anything_is_too_much) {
  is_refused(kGood + "\n");
  is_refused(kGood + kGood);
  is_refused(with(kGood, "t=23125", "t=23125 1"));
  is_refused(with(kGood, "YES", "YES YES"));
  is_refused(with(kGood, "t=23125", "t=23.1"));
  is_refused(with(kGood, " : ", " "));
}

TEST(Ds18b20, is_not_believed_when_a_byte_of_the_text_is_another) {
  for (std::size_t at = 0; at < kGood.size(); ++at) {
    const bool is_told_crc = at >= kGood.find("crc=") + 4 && at < kGood.find("crc=") + 6;
    const bool is_temperature = at > kGood.find("t=") + 1 && at < kGood.size() - 1;
    if (is_told_crc || is_temperature) continue;
    std::string damaged = kGood;
    damaged[at] = damaged[at] == 'x' ? 'y' : 'x';
    is_refused(damaged);
  }
}

TEST(Ds18b20, is_not_believed_when_the_line_is_shorted) {
  is_refused(
      "00 00 00 00 00 00 00 00 00 : crc=00 YES\n"
      "00 00 00 00 00 00 00 00 00 t=0\n");
}

TEST(Ds18b20, is_not_believed_beyond_what_it_measures) {
  is_refused(with(kGood, "t=23125", "t=125001"));
  is_refused(with(kGood, "t=23125", "t=-55001"));
}

TEST(Ds18b20, is_read_from_the_kernels_own_attribute) {
  DOUBLES_EQUAL(-0.062, w1_temperature_celsius("-62\n").value(), 0.0);
  for (const char* text : {"", "\n", "23125", "23x\n", "1 2\n", "125001\n"}) {
    CHECK_TRUE_TEXT(!w1_temperature_celsius(text).ok(), text);
  }
}

TEST(Ds18b20, is_not_believed_when_it_says_what_it_says_without_power) {
  CHECK_TRUE(is_power_on_value(85.0, std::nullopt));
  CHECK_TRUE(is_power_on_value(85.0, 21.5));
  CHECK_FALSE(is_power_on_value(84.9375, 21.5));
}

TEST(Ds18b20, may_be_at_85_degrees_when_it_was_near_before) {
  CHECK_FALSE(is_power_on_value(85.0, 84.5));
  CHECK_FALSE(is_power_on_value(85.0, 85.0));
}
