#include "core/event_text.hpp"

#include <chrono>
#include <limits>
#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(EventText) {
  static constexpr Instant kTime = instant_from_ns(42);

  static void check(const char* expected, const Event& event) {
    STRCMP_EQUAL(expected, describe(event).c_str());
  }
  static AlertEvent alert(double value) {
    return {.time = kTime,
            .value = value,
            .count = 2,
            .alert = AlertId{3},
            .channel = ChannelId{1},
            .change = AlertChange::kEscalated,
            .severity = Severity::kCritical};
  }
};

TEST(EventText, tells_the_life_of_a_run) {
  check("42 run started: version 1.2, config abcd, boot b00t",
        RunStarted{.time = kTime, .boot = "b00t", .version = "1.2", .config_hash = "abcd"});
  check("42 safe mode: it crashed", SafeModeEntered{.time = kTime, .reason = "it crashed"});
  check("42 config applied: abcd", ConfigApplied{.time = kTime, .config_hash = "abcd"});
  check("42 run ended: 1000 readings", RunEnded{.time = kTime, .readings = 1000});
}

TEST(EventText, tells_what_numbers_mean) {
  check("42 channel 1 is boiler in Cel every 0.1 s",
        ChannelDeclared{.time = kTime,
                        .channel = ChannelId{1},
                        .name = "boiler",
                        .unit = "Cel",
                        .period = std::chrono::milliseconds(100)});
  check("42 alert 3 is hot on channel 1: above 80", AlertDeclared{.time = kTime,
                                                                  .alert = AlertId{3},
                                                                  .channel = ChannelId{1},
                                                                  .name = "hot",
                                                                  .rule = "above 80"});
}

TEST(EventText, tells_the_calibration_of_a_channel) {
  check("42 channel 1 is tank in m every 1 s, raw * 0.25 + -2",
        ChannelDeclared{.time = kTime,
                        .channel = ChannelId{1},
                        .name = "tank",
                        .unit = "m",
                        .period = std::chrono::seconds(1),
                        .calibration = {.scale = 0.25, .offset = -2.0}});
}

TEST(EventText, tells_a_step_of_an_alert) {
  check("42 alert 3 escalated: critical, value 80.5, count 2", alert(80.5));
}

TEST(EventText, writes_the_shortest_number_that_is_the_same) {
  check("42 alert 3 escalated: critical, value 0.1, count 2", alert(0.1));
}

TEST(EventText, writes_a_value_that_never_was_as_no_number) {
  check("42 alert 3 escalated: critical, value nan, count 2",
        alert(std::numeric_limits<double>::quiet_NaN()));
}

TEST(EventText, finds_room_for_the_longest_number) {
  check("42 alert 3 escalated: critical, value -2.2250738585072014e-308, count 2",
        alert(-std::numeric_limits<double>::min()));
}

TEST(EventText, tells_how_far_the_clock_is_trusted) {
  ClockRecord clock{.time = kTime,
                    .wall = wall_time_from_ns(7),
                    .uncertainty = std::chrono::milliseconds(20),
                    .synchronised = true};
  check("42 clock: wall 7 ns, +-0.02 s, synchronised", clock);
  clock.synchronised = false;
  check("42 clock: wall 7 ns, +-0.02 s, not synchronised", clock);
}

TEST(EventText, tells_how_a_driver_does) {
  DriverChanged driver{.time = kTime,
                       .channel = ChannelId{3},
                       .state = DriverState::kDown,
                       .reason = "the bus is silent"};
  check("42 driver of channel 3 is down: the bus is silent", driver);
  driver = {.time = kTime, .channel = ChannelId{3}, .state = DriverState::kUp, .reason = {}};
  check("42 driver of channel 3 is up", driver);
}

TEST(EventText, tells_a_gap_by_its_keys) {
  check(
      "42 gap quota: run 00000000000000000000000000000000, stream raw, keys 5..9, 70 readings, "
      "span 1..2 ns",
      Gap{.time = kTime,
          .run = {},
          .stream = Stream::kRaw,
          .reason = GapReason::kQuota,
          .first_seq = 5,
          .last_seq = 9,
          .readings = 70,
          .first = instant_from_ns(1),
          .last = instant_from_ns(2)});
}

TEST(EventText, tells_a_gap_without_keys_or_end) {
  check("42 gap restart: run 00000000000000000000000000000000, stream raw, span 1..open ns",
        Gap{.time = kTime,
            .run = {},
            .stream = Stream::kRaw,
            .reason = GapReason::kRestart,
            .first = instant_from_ns(1),
            .last = Instant::max()});
}

}  // namespace sluice
