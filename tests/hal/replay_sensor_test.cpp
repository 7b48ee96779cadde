#include "hal/replay_sensor.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <string>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::seconds;

TEST_GROUP(ReplaySensor) {
  TemporaryFolder folder;
  ReplayOptions options;
  const Instant start{seconds(500)};

  void record(std::string_view text) {
    options.file = folder.write("a.csv", text);
  }
  ReplaySensor open() {
    return ReplaySensor::open(options).value();
  }
  Sample read_at(double since_start_s) {
    ReplaySensor sensor = open();
    CHECK_TRUE(sensor.read(start).quality != Quality::kFault);
    return sensor.read(start + Duration(std::llround(since_start_s * 1e9)));
  }
  void check_good(double value, double since_start_s) {
    const Sample sample = read_at(since_start_s);
    LONGS_EQUAL(Quality::kGood, sample.quality);
    DOUBLES_EQUAL(value, sample.value, 0.0);
  }
  void check_missing(double since_start_s) {
    LONGS_EQUAL(Quality::kMissing, read_at(since_start_s).quality);
  }
  void check_refused(ErrorCode code, const std::string& complaint) {
    const Result<ReplaySensor> opened = ReplaySensor::open(options);
    CHECK_FALSE_TEXT(opened.ok(), complaint.c_str());
    CHECK_TRUE(opened.error().code == code);
    STRCMP_CONTAINS(complaint.c_str(), opened.error().message.c_str());
  }
  void check_refuses(std::string_view text, const std::string& complaint) {
    record(text);
    check_refused(ErrorCode::kCorrupt, complaint);
  }
};

TEST(ReplaySensor, begins_with_the_first_row) {
  record("time,value\n100,1.5\n110,2.5\n");
  check_good(1.5, 0);
}

TEST(ReplaySensor, holds_a_row_until_the_next) {
  record("time,value\n100,1\n110,2\n130,3\n");
  check_good(1, 9.999);
  check_good(2, 10);
  check_good(2, 29.999);
  check_good(3, 30);
}

TEST(ReplaySensor, is_missing_after_the_end) {
  record("time,value\n100,1\n110,2\n");
  check_good(2, 19.999);
  check_missing(20);
  check_missing(1e9);
}

TEST(ReplaySensor, may_start_over) {
  options.repeat = true;
  record("time,value\n100,1\n110,2\n");
  check_good(1, 20);
  check_good(2, 35);
  check_good(1, 20'000'000.0 + 5);
}

TEST(ReplaySensor, may_be_faster_than_its_recording) {
  options.speed = 100.0;
  record("time,value\n100,1\n200,2\n");
  check_good(1, 0.999);
  check_good(2, 1);
}

TEST(ReplaySensor, may_give_a_row_per_read) {
  options.speed = 0.0;
  record("time,value\n100,1\n200,2\n");
  ReplaySensor sensor = open();
  DOUBLES_EQUAL(1, sensor.read(start).value, 0.0);
  DOUBLES_EQUAL(2, sensor.read(start).value, 0.0);
  LONGS_EQUAL(Quality::kMissing, sensor.read(start).quality);
  LONGS_EQUAL(Quality::kMissing, sensor.read(start).quality);
}

TEST(ReplaySensor, may_give_a_row_per_read_and_start_over) {
  options.speed = 0.0;
  options.repeat = true;
  record("time,value\n100,1\n200,2\n");
  ReplaySensor sensor = open();
  for (const double value : {1, 2, 1, 2, 1}) {
    DOUBLES_EQUAL(value, sensor.read(start).value, 0.0);
  }
}

TEST(ReplaySensor, gives_an_empty_cell_as_missing) {
  record("time,value\n100,1\n110,\n120,\"\"\n130,4\n");
  check_missing(10);
  check_missing(20);
  check_good(4, 30);
}

TEST(ReplaySensor, takes_the_columns_it_is_told) {
  options.time_column = "at";
  options.value_column = "outlet";
  record("inlet,at,outlet\n1,100,10\n2,110,20\n");
  check_good(20, 10);
}

TEST(ReplaySensor, reads_dates) {
  record(
      "timestamp,value\n2014-02-28 23:59:50,1\n2014-03-01 00:00:00,2\n2014-03-01T00:00:00.5,3\n");
  check_good(1, 9.999);
  check_good(2, 10);
  check_good(3, 10.5);
}

TEST(ReplaySensor, reads_fractions_of_seconds) {
  record("time,value\n-0.5,1\n0,2\n1e0,3\n");
  check_good(2, 0.5);
  check_good(3, 1.5);
}

TEST(ReplaySensor, lasts_a_second_with_a_single_row) {
  record("time,value\n100,1\n");
  check_good(1, 0.999);
  check_missing(1);
}

TEST(ReplaySensor, refuses_times_that_do_not_rise) {
  check_refuses("time,value\n100,1\n110,2\n110,3\n", "a.csv:4: the time is not later");
  check_refuses("time,value\n100,1\n99,2\n", "a.csv:3: the time is not later");
}

TEST(ReplaySensor, refuses_what_is_not_a_time) {
  for (const char* time :
       {"", "noon", "nan", "1e10", "12:30", "2014-02-30 00:00:00", "2014-13-01 00:00:00",
        "2014-01-01 24:00:00", "2014-01-01 00:60:00", "2014-01-01 00:00:0", "2014-01-01 00:00:00Z",
        "2014/01/01 00:00:00", "2014-01-01 00:00:00.x", "2014-01-01 00:00:00 .5"}) {
    check_refuses("time,value\n" + std::string(time) + ",1\n", "a.csv:2: \"");
  }
}

TEST(ReplaySensor, refuses_what_is_not_a_value) {
  for (const char* value : {"x", "nan", "inf", "\"1,5\"", "0x1"}) {
    check_refuses("time,value\n1," + std::string(value) + "\n", "is not a number");
  }
}

TEST(ReplaySensor, refuses_a_file_with_one_column) {
  check_refuses("time\n100\n", "a column of times and one of values");
}

TEST(ReplaySensor, refuses_a_file_without_rows) {
  record("time,value\n");
  check_refused(ErrorCode::kInvalid, "no row");
}

TEST(ReplaySensor, refuses_more_rows_than_it_may_hold) {
  record("time,value\n1,1\n2,2\n3,3\n");
  CHECK_TRUE(ReplaySensor::open(options, 3).ok());
  const Result<ReplaySensor> opened = ReplaySensor::open(options, 2);
  CHECK_FALSE(opened.ok());
  CHECK_TRUE(opened.error().code == ErrorCode::kFull);
}

TEST(ReplaySensor, refuses_an_impossible_speed) {
  record("time,value\n100,1\n");
  for (const double speed : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    options.speed = speed;
    check_refused(ErrorCode::kInvalid, "speed");
  }
}

TEST(ReplaySensor, does_not_find_an_absent_file_or_column) {
  options.file = folder.path_of("b.csv");
  check_refused(ErrorCode::kNotFound, "b.csv");
  record("time,value\n100,1\n");
  options.value_column = "volume";
  check_refused(ErrorCode::kNotFound, "no column \"volume\"");
}
