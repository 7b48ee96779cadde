#include "hal/process/timesync_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <string>

#include "core/check.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(TimesyncFile) {
  TemporaryFolder folder;
  std::string file = folder.write("synchronized", "");
  WallTime touched{seconds(1'800'000'000)};

  void setup() override {
    const timespec time{1'800'000'000, 0};
    const timespec both[] = {time, time};
    CHECK(utimensat(AT_FDCWD, file.c_str(), both, 0) == 0);
  }
  Clock::WallTrust after(Duration age) {
    return timesync_trust(file, touched + age);
  }
};

TEST(TimesyncFile, says_that_the_clock_is_synchronised) {
  CHECK_TRUE(after(seconds(0)).synchronised);
  CHECK_TRUE(after(seconds(0)).uncertainty == seconds(0));
}

TEST(TimesyncFile, is_trusted_less_the_older_it_is) {
  CHECK_TRUE(after(seconds(2'000)).uncertainty == seconds(1));
  CHECK_TRUE(after(seconds(2)).uncertainty == milliseconds(1));
}

TEST(TimesyncFile, is_not_trusted_after_nine_hours) {
  CHECK_TRUE(after(seconds(31'999)).synchronised);
  CHECK_FALSE(after(seconds(32'000)).synchronised);
  CHECK_TRUE(after(hours(10'000)).uncertainty == seconds(16));
}

TEST(TimesyncFile, is_not_trusted_when_the_clock_went_back_behind_it) {
  CHECK_FALSE(after(-seconds(1)).synchronised);
}

TEST(TimesyncFile, that_is_not_there_says_that_the_clock_is_not_synchronised) {
  const Clock::WallTrust trust = timesync_trust(folder.path_of("none"), touched);
  CHECK_FALSE(trust.synchronised);
  CHECK_TRUE(trust.uncertainty == seconds(16));
}
