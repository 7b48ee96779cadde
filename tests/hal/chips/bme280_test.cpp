#include "hal/chips/bme280.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal::bme280;

namespace {

// The formulas for whole numbers of the datasheet (section 4.2.3), which the ones in double
// precision have to agree with: an answer of its own, for the datasheet has no example.
struct Whole {
  const Calibration& c;
  std::int32_t t_fine = 0;

  std::int32_t hundredths_of_a_degree(std::int32_t adc_t) {
    const std::int32_t t1 = c.t1;
    const std::int32_t var1 = ((((adc_t >> 3) - (t1 << 1))) * c.t2) >> 11;
    const std::int32_t var2 = (((((adc_t >> 4) - t1) * ((adc_t >> 4) - t1)) >> 12) * c.t3) >> 14;
    t_fine = var1 + var2;
    return (t_fine * 5 + 128) >> 8;
  }
  // In 1/1024 %RH.
  std::uint32_t humidity(std::int32_t adc_h) const {
    const std::int32_t h1 = c.h1;
    const std::int32_t h3 = c.h3;
    std::int32_t v = t_fine - 76800;
    v = ((((adc_h << 14) - (c.h4 * (1 << 20)) - (c.h5 * v)) + 16384) >> 15) *
        (((((((v * c.h6) >> 10) * (((v * h3) >> 11) + 32768)) >> 10) + 2097152) * c.h2 + 8192) >>
         14);
    v = v - (((((v >> 15) * (v >> 15)) >> 7) * h1) >> 4);
    v = std::clamp(v, 0, 419430400);
    return static_cast<std::uint32_t>(v >> 12);
  }
};

// Calibration of the example in Bosch's BMP280 datasheet (BST-BMP280-DS001, section 3.12), whose
// formulas for temperature and pressure are the same; that of the humidity is a real chip's.
Calibration example() {
  Calibration calibration;
  calibration.t1 = 27504;
  calibration.t2 = 26435;
  calibration.t3 = -1000;
  calibration.p1 = 36477;
  calibration.p = {-10685, 3024, 2855, 140, -7, 15500, -14600, 6000};
  calibration.h1 = 75;
  calibration.h2 = 357;
  calibration.h3 = 0;
  calibration.h4 = 322;
  calibration.h5 = 0;
  calibration.h6 = 30;
  return calibration;
}

}  // namespace

TEST_GROUP(Bme280){};

TEST(Bme280, calculates_what_the_datasheet_does) {
  const Values values =
      values_of({.pressure = 415148, .temperature = 519888, .humidity = 0x7000}, example());
  DOUBLES_EQUAL(25.08, values.celsius, 0.005);
  DOUBLES_EQUAL(100653.27, values.pascal, 0.05);
}

TEST(Bme280, calculates_the_humidity_as_in_whole_numbers) {
  Calibration calibration = example();
  for (const std::int16_t h5 : {std::int16_t{0}, std::int16_t{50}, std::int16_t{-30}}) {
    calibration.h5 = h5;
    for (std::uint32_t temperature = 480'000; temperature < 560'000; temperature += 20'000) {
      for (std::uint32_t humidity = 22'000; humidity < 40'000; humidity += 1'500) {
        Whole whole{calibration};
        const std::int32_t hundredths =
            whole.hundredths_of_a_degree(static_cast<std::int32_t>(temperature));
        const double percent = whole.humidity(static_cast<std::int32_t>(humidity)) / 1024.0;
        const Values values = values_of(
            {.pressure = 415148, .temperature = temperature, .humidity = humidity}, calibration);
        DOUBLES_EQUAL(hundredths / 100.0, values.celsius, 0.02);
        DOUBLES_EQUAL(percent, values.percent, 0.1);
      }
    }
  }
}

TEST(Bme280, never_has_more_humidity_than_there_is) {
  DOUBLES_EQUAL(100.0, values_of({415148, 519888, 65'535}, example()).percent, 0.0);
  DOUBLES_EQUAL(0.0, values_of({415148, 519888, 0}, example()).percent, 0.0);
}

TEST(Bme280, reads_its_calibration) {
  std::array<std::uint8_t, 26> first{};
  for (std::size_t i = 0; i < first.size(); ++i) first[i] = static_cast<std::uint8_t>(i + 1);
  first[3] = 0xFF;
  const std::array<std::uint8_t, 7> second{0x65, 0x01, 0x02, 0x14, 0x2B, 0xFE, 0xE2};
  const Calibration calibration = calibration_of(first, second).value();
  LONGS_EQUAL(0x0201, calibration.t1);
  LONGS_EQUAL(static_cast<std::int16_t>(0xFF03), calibration.t2);
  LONGS_EQUAL(0x0807, calibration.p1);
  LONGS_EQUAL(0x0A09, calibration.p[0]);
  LONGS_EQUAL(0x1817, calibration.p[7]);
  LONGS_EQUAL(26, calibration.h1);
  LONGS_EQUAL(357, calibration.h2);
  LONGS_EQUAL(2, calibration.h3);
  LONGS_EQUAL(0x14B, calibration.h4);
  LONGS_EQUAL(-30, calibration.h5);
  LONGS_EQUAL(-30, calibration.h6);
}

TEST(Bme280, takes_no_calibration_from_a_bus_that_is_stuck) {
  std::array<std::uint8_t, 26> first{};
  std::array<std::uint8_t, 7> second{};
  CHECK_TRUE(calibration_of(first, second).error().code == ErrorCode::kCorrupt);
  first.fill(0xFF);
  second.fill(0xFF);
  CHECK_TRUE(calibration_of(first, second).error().code == ErrorCode::kCorrupt);
}

TEST(Bme280, takes_its_registers_apart) {
  const std::array<std::uint8_t, 8> measured{0x65, 0x5A, 0xC0, 0x7E, 0xED, 0x00, 0x70, 0x01};
  const Raw raw = raw_of(measured).value();
  UNSIGNED_LONGS_EQUAL(415148, raw.pressure);
  UNSIGNED_LONGS_EQUAL(519888, raw.temperature);
  UNSIGNED_LONGS_EQUAL(0x7001, raw.humidity);
}

TEST(Bme280, has_not_measured_after_a_reset) {
  const std::array<std::uint8_t, 8> reset{0x80, 0x00, 0x00, 0x80, 0x00, 0x00, 0x80, 0x00};
  CHECK_TRUE(raw_of(reset).error().code == ErrorCode::kCorrupt);
}

TEST(Bme280, takes_nothing_from_a_bus_that_is_stuck) {
  std::array<std::uint8_t, 8> bytes{};
  CHECK_TRUE(raw_of(bytes).error().code == ErrorCode::kCorrupt);
  bytes.fill(0xFF);
  CHECK_TRUE(raw_of(bytes).error().code == ErrorCode::kCorrupt);
}
