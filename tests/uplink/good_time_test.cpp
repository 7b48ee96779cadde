#include "uplink/good_time.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

using std::chrono::hours;
using std::chrono::seconds;

TEST_GROUP(GoodTime) {
  TemporaryFolder folder;
  const std::string path = folder.path_of("good_time");
  const WallTime built = wall_time_from_ns(1'700'000'000'000'000'000);

  WallTime after_a_restart() const {
    return GoodTime(path, built).floor();
  }
};

TEST(GoodTime, begins_with_the_build) {
  CHECK(GoodTime("", built).floor() == built);
  CHECK(after_a_restart() == built);
}

TEST(GoodTime, only_goes_forward) {
  GoodTime time("", built);
  CHECK(time.learn(built + hours(2)));
  CHECK(time.learn(built + hours(1)));
  CHECK(time.floor() == built + hours(2));
}

TEST(GoodTime, survives_a_restart) {
  CHECK(GoodTime(path, built).learn(built + hours(1)));
  CHECK(after_a_restart() == built + hours(1));
}

TEST(GoodTime, is_written_once_a_day_at_most) {
  GoodTime time(path, built);
  CHECK(time.learn(built + hours(1)));
  CHECK(time.learn(built + hours(24)));
  CHECK(after_a_restart() == built + hours(1));
  CHECK(time.learn(built + hours(25)));
  CHECK(after_a_restart() == built + hours(25));
}

TEST(GoodTime, does_without_a_damaged_file) {
  for (const char* text : {"", "x", "-1", "99999999999999999999", "9999999999999", "4000000000"}) {
    folder.write("good_time", text);
    CHECK(after_a_restart() == built);
  }
}

TEST(GoodTime, says_when_it_cannot_be_written) {
  GoodTime time(folder.path_of("no/such/folder"), built);
  CHECK_FALSE(time.learn(built + hours(1)));
  CHECK(time.floor() == built + hours(1));
}

TEST(GoodTime, leaves_no_other_file_behind) {
  CHECK(GoodTime(path, built).learn(built + hours(1)));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    CHECK(entry.path() == path);
    ++files;
  }
  LONGS_EQUAL(1, files);
}

}  // namespace sluice::uplink
