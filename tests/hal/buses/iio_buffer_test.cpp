#include "hal/buses/iio_buffer.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/hal/buses/iio_tree.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(IioBuffer) {
  IioTree tree;
  std::unique_ptr<hal::IioBuffer> buffer;
  Instant now{seconds(1'000)};

  void setup() override {
    tree.plug(0, "adc", {"in_voltage0", "in_voltage1"});
    open();
  }
  void open(const std::string& trigger = "", std::int64_t length = 8) {
    buffer = std::make_unique<hal::IioBuffer>(hal::IioBuffer::Options{.device = "adc",
                                                                      .trigger = trigger,
                                                                      .length = length,
                                                                      .sysfs = tree.sysfs(),
                                                                      .dev = tree.dev()});
  }
  // Both channels are in the scans.
  void begin() {
    static_cast<void>(buffer->take("in_voltage0", now));
    static_cast<void>(buffer->take("in_voltage1", now));
  }
  hal::IioBuffer::Summary take(const char* channel = "in_voltage0") {
    const Result<hal::IioBuffer::Summary> taken = buffer->take(channel, now);
    CHECK_TRUE_TEXT(taken.ok(), taken.ok() ? "" : taken.error().message.c_str());
    return *taken;
  }
  void expect_failure(ErrorCode code, const char* why, const char* channel = "in_voltage0") {
    const Result<hal::IioBuffer::Summary> taken = buffer->take(channel, now);
    CHECK_FALSE(taken.ok());
    STRCMP_CONTAINS(why, taken.error().message.c_str());
    CHECK_TRUE(taken.error().code == code);
  }
};

TEST(IioBuffer, switches_on_what_is_asked_for) {
  open("hrtimer0", 16);
  begin();
  STRCMP_EQUAL("1", tree.read(0, "scan_elements/in_voltage0_en").c_str());
  STRCMP_EQUAL("1", tree.read(0, "scan_elements/in_voltage1_en").c_str());
  STRCMP_EQUAL("0", tree.read(0, "scan_elements/in_timestamp_en").c_str());
  STRCMP_EQUAL("16", tree.read(0, "buffer/length").c_str());
  STRCMP_EQUAL("hrtimer0", tree.read(0, "trigger/current_trigger").c_str());
  STRCMP_EQUAL("1", tree.read(0, "buffer/enable").c_str());
}

TEST(IioBuffer, switches_it_off_when_it_goes) {
  begin();
  buffer.reset();
  STRCMP_EQUAL("0", tree.read(0, "buffer/enable").c_str());
}

TEST(IioBuffer, sums_up_all_samples_since_the_last_look) {
  begin();
  tree.sample(0, {{10, 1}, {30, 2}, {20, 3}});
  const hal::IioBuffer::Summary first = take();
  UNSIGNED_LONGS_EQUAL(3, first.count);
  CHECK_EQUAL(60.0, first.sum);
  CHECK_EQUAL(10.0, first.low);
  CHECK_EQUAL(30.0, first.high);
  CHECK_EQUAL(20.0, first.last);
  CHECK_EQUAL(6.0, take("in_voltage1").sum);
  UNSIGNED_LONGS_EQUAL(0, take().count);
}

TEST(IioBuffer, puts_a_scan_together_that_comes_in_two_pieces) {
  begin();
  tree.bytes(0, {10, 0, 1});
  UNSIGNED_LONGS_EQUAL(0, take().count);
  tree.bytes(0, {0, 20, 0, 2, 0});
  CHECK_EQUAL(30.0, take().sum);
  CHECK_EQUAL(3.0, take("in_voltage1").sum);
}

TEST(IioBuffer, a_full_buffer_has_overrun_once_for_each_channel) {
  begin();
  tree.sample(0, std::vector<std::vector<int>>(8, {7, 7}));
  expect_failure(ErrorCode::kUnavailable, "has overrun");
  expect_failure(ErrorCode::kUnavailable, "has overrun", "in_voltage1");
  STRCMP_EQUAL("1", tree.read(0, "buffer/enable").c_str());
  tree.sample(0, {{5, 6}});
  CHECK_EQUAL(5.0, take().sum);
  CHECK_EQUAL(6.0, take("in_voltage1").sum);
}

TEST(IioBuffer, does_not_overrun_when_it_is_listened_to) {
  begin();
  for (int i = 0; i < 10; ++i) {
    tree.sample(0, {{1, 1}, {2, 2}, {3, 3}});
    buffer->listen("in_voltage0", now);
  }
  UNSIGNED_LONGS_EQUAL(30, take().count);
  CHECK_EQUAL(60.0, take("in_voltage1").sum);
}

TEST(IioBuffer, one_sample_less_has_not) {
  begin();
  tree.sample(0, std::vector<std::vector<int>>(7, {7, 7}));
  UNSIGNED_LONGS_EQUAL(7, take().count);
}

TEST(IioBuffer, begins_anew_when_the_order_of_channels_has_changed) {
  begin();
  tree.put(0, "scan_elements/in_voltage0_index", "1\n");
  tree.put(0, "scan_elements/in_voltage1_index", "0\n");
  tree.sample(0, {{1, 2}});
  now += hal::IioBuffer::kLookEvery;
  expect_failure(ErrorCode::kUnavailable, "the order of the channels");
  expect_failure(ErrorCode::kUnavailable, "the order of the channels", "in_voltage1");
  tree.sample(0, {{10, 20}});
  CHECK_EQUAL(20.0, take().last);
  CHECK_EQUAL(10.0, take("in_voltage1").last);
}

TEST(IioBuffer, begins_anew_when_somebody_has_switched_it_off) {
  begin();
  tree.put(0, "buffer/enable", "0\n");
  now += hal::IioBuffer::kLookEvery;
  expect_failure(ErrorCode::kUnavailable, "has changed");
  STRCMP_EQUAL("1", tree.read(0, "buffer/enable").c_str());
}

TEST(IioBuffer, goes_on_after_a_process_that_was_killed) {
  tree.put(0, "buffer/enable", "1\n");
  begin();
  tree.sample(0, {{5, 6}});
  CHECK_EQUAL(5.0, take().sum);
}

TEST(IioBuffer, is_absent_without_its_device_and_found_under_another_number) {
  begin();
  tree.unplug(0);
  now += hal::IioBuffer::kLookEvery;
  expect_failure(ErrorCode::kNotFound, "no device \"adc\"");
  tree.plug(3, "adc", {"in_voltage0", "in_voltage1"});
  static_cast<void>(buffer->take("in_voltage0", now));
  static_cast<void>(buffer->take("in_voltage1", now));
  tree.sample(3, {{5, 6}});
  CHECK_EQUAL(5.0, take().sum);
}

TEST(IioBuffer, says_what_a_device_cannot_buffer) {
  expect_failure(ErrorCode::kNotFound, "cannot buffer \"in_temp\"", "in_temp");
}

TEST(IioBuffer, says_which_type_it_does_not_understand) {
  tree.put(0, "scan_elements/in_voltage0_type", "le:s12/16X2>>4\n");
  expect_failure(ErrorCode::kInvalid, "is of no form");
  STRCMP_EQUAL("0", tree.read(0, "buffer/enable").c_str());
}

TEST(IioBuffer, without_samples_its_trigger_is_in_doubt) {
  begin();
  now += hal::IioBuffer::kSilenceMax;
  UNSIGNED_LONGS_EQUAL(0, take().count);
  now += milliseconds(1);
  expect_failure(ErrorCode::kTimeout, "trigger");
}

TEST(IioBuffer, leaves_out_what_nobody_asks_for) {
  begin();
  now += hal::IioBuffer::kUnasked + seconds(1);
  static_cast<void>(buffer->take("in_voltage1", now));
  STRCMP_EQUAL("0", tree.read(0, "scan_elements/in_voltage0_en").c_str());
  tree.bytes(0, {9, 0});
  CHECK_EQUAL(9.0, take("in_voltage1").sum);
}
