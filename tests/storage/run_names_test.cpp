#include "storage/run_names.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(RunNames) {
  Buffer buffer;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
  }
  void call(const char* name, std::uint16_t number = 1) {
    Commit commit;
    commit.channels = {{{}, ChannelId{number}, name, "Cel", seconds(1)}};
    CHECK_TRUE(buffer.store().commit(commit).ok());
  }
  void clock(std::int64_t boot_s, Duration wall, bool synchronised = true) {
    Commit commit;
    commit.clocks = {{Instant(seconds(boot_s)), WallTime(wall), {}, synchronised}};
    CHECK_TRUE(buffer.store().commit(commit).ok());
  }
  std::vector<KnownBoot> boots(const char* channel) {
    const auto known = buffer.store().boots_of(channel);
    CHECK_TRUE(known.ok());
    return *known;
  }
};

TEST(RunNames, tells_in_which_boots_a_channel_was_read) {
  call("boiler");
  CHECK_TRUE(boots("boiler").size() == 1 && boots("boiler")[0].boot == "boot");
  CHECK_TRUE(boots("pump").empty());
}

TEST(RunNames, tells_what_time_it_was) {
  call("boiler");
  clock(10, seconds(1'000'010));
  const std::vector<ClockRecord> clocks = boots("boiler")[0].clocks;
  CHECK_TRUE(clocks.size() == 1 && clocks[0].time == Instant(seconds(10)));
  CHECK_TRUE(clocks[0].wall == WallTime(seconds(1'000'010)));
}

TEST(RunNames, believes_a_synchronised_clock_alone) {
  call("boiler");
  clock(10, seconds(1'000'010), false);
  CHECK_TRUE(boots("boiler")[0].clocks.empty());
}

TEST(RunNames, keeps_a_clock_that_says_something_new) {
  call("boiler");
  clock(10, seconds(1'000'010));
  clock(20, seconds(1'000'020) + milliseconds(400));
  CHECK_TRUE(boots("boiler")[0].clocks.size() == 1);
  clock(30, seconds(1'000'031));
  CHECK_TRUE(boots("boiler")[0].clocks.size() == 2);
}

TEST(RunNames, keeps_a_bounded_number_and_the_newest) {
  call("boiler");
  for (int i = 1; i <= kClocksMax + 5; ++i) clock(10 * i, seconds(1'000 * i));
  const std::vector<ClockRecord> clocks = boots("boiler")[0].clocks;
  CHECK_TRUE(clocks.size() == kClocksMax);
  CHECK_TRUE(clocks.back().time == Instant(seconds(10 * (kClocksMax + 5))));
}

TEST(RunNames, are_forgotten_with_the_readings_of_their_run) {
  call("boiler");
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kEvent, 1)}).ok());
  buffer.stop();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(boots("boiler").empty());
}

TEST(RunNames, stay_as_long_as_readings_wait) {
  call("boiler");
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  buffer.stop();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(boots("boiler").size() == 1);
  call("boiler");
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  // Both runs are of one boot.
  CHECK_TRUE(boots("boiler").size() == 1);
}

TEST(RunNames, tells_the_boot_of_a_run) {
  CHECK_TRUE(*buffer.store().boot_of(run_number(1)) == "boot");
  CHECK_TRUE(buffer.store().boot_of(run_number(9))->empty());
}
