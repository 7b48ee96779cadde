#include "app/flash_meter.hpp"

#include <chrono>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::hours;
using std::chrono::minutes;

TEST_GROUP(FlashMeter) {
  FlashUse use{500'000'000, hours(12), 30'000'000'000'000};
};

TEST(FlashMeter, says_how_much_is_written_in_a_day) {
  DOUBLES_EQUAL(1e9, bytes_per_day(use).value(), 1.0);
}

TEST(FlashMeter, says_how_long_a_card_lasts) {
  // 30 TB at 4 GB a day.
  DOUBLES_EQUAL(7'500 / 365.25, card_life_years(use).value(), 1e-6);
}

TEST(FlashMeter, a_start_is_no_rate) {
  use.over = minutes(10) - std::chrono::seconds(1);
  CHECK_FALSE(bytes_per_day(use).has_value());
  CHECK_FALSE(card_life_years(use).has_value());
  use.over = minutes(10);
  CHECK_TRUE(bytes_per_day(use).has_value());
}

TEST(FlashMeter, what_nobody_counts_has_no_rate) {
  use.device_bytes.reset();
  CHECK_FALSE(bytes_per_day(use).has_value());
  CHECK_FALSE(card_life_years(use).has_value());
}

TEST(FlashMeter, a_card_of_unknown_endurance_has_no_estimate) {
  use.endurance_bytes = 0;
  CHECK_TRUE(bytes_per_day(use).has_value());
  CHECK_FALSE(card_life_years(use).has_value());
}

TEST(FlashMeter, a_card_that_nothing_reaches_does_not_wear) {
  use.device_bytes = 0;
  DOUBLES_EQUAL(0.0, bytes_per_day(use).value(), 0.0);
  CHECK_FALSE(card_life_years(use).has_value());
}
