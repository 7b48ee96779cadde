#include "uplink/storm_limit.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::uplink;
using std::chrono::seconds;

// Ten a minute, two of them for critical ones.
TEST_GROUP(StormLimit) {
  StormLimit limit{10};
  const Instant start{seconds(1'000)};

  bool step(int alert, AlertChange change, Duration at = {}, Severity severity = {}) {
    AlertEvent event;
    event.alert = AlertId{static_cast<std::uint16_t>(alert)};
    event.change = change;
    event.severity = severity;
    return limit.admits(event, start + at);
  }
  // How many of `count` that are raised are told of.
  int raise(int count, Duration at = {}, Severity severity = Severity::kWarning) {
    int told = 0;
    for (int i = 0; i < count; ++i) told += step(i, AlertChange::kRaised, at, severity) ? 1 : 0;
    return told;
  }
};

TEST(StormLimit, tells_of_all_while_there_are_few) {
  for (int minute = 0; minute < 5; ++minute) CHECK_EQUAL(8, raise(8, seconds(60 * minute)));
  CHECK_EQUAL(0U, limit.held());
  CHECK_FALSE(limit.report(start + seconds(400)).has_value());
}

TEST(StormLimit, keeps_a_share_for_critical_ones) {
  CHECK_EQUAL(8, raise(200));
  CHECK_EQUAL(2, raise(200, seconds(1), Severity::kCritical));
  CHECK_EQUAL(390U, limit.held());
}

TEST(StormLimit, says_once_a_minute_how_many_it_held_back_and_then_that_it_is_over) {
  raise(20);
  CHECK_FALSE(limit.report(start + seconds(59)).has_value());
  const auto storm = limit.report(start + seconds(60));
  CHECK_TRUE(storm && storm->goes_on);
  CHECK_EQUAL(12U, storm->held);
  CHECK_TRUE(storm->worst == Severity::kWarning);
  CHECK_FALSE(limit.report(start + seconds(119)).has_value());
  const auto over = limit.report(start + seconds(120));
  CHECK_TRUE(over && !over->goes_on);
  CHECK_FALSE(limit.report(start + seconds(300)).has_value());
}

TEST(StormLimit, tells_of_alerts_again_in_the_next_minute) {
  raise(20);
  limit.report(start + seconds(60));
  CHECK_EQUAL(8, raise(20, seconds(61)));
}

TEST(StormLimit, loses_no_count_when_nobody_asks_at_the_end_of_a_minute) {
  raise(20);
  raise(20, seconds(90));
  CHECK_EQUAL(32U, limit.report(start + seconds(90))->held);
}

TEST(StormLimit, tells_of_the_end_of_those_that_were_told_of_alone) {
  raise(20);
  CHECK_TRUE(step(0, AlertChange::kCleared));
  CHECK_FALSE(step(19, AlertChange::kCleared));
  limit.report(start + seconds(60));
  CHECK_TRUE(step(19, AlertChange::kRaised, seconds(61)));
  CHECK_TRUE(step(19, AlertChange::kCleared, seconds(62)));
}

TEST(StormLimit, of_one_a_minute_takes_any) {
  StormLimit one(1);
  CHECK_TRUE(one.admits(AlertEvent{}, start));
  CHECK_FALSE(one.admits(AlertEvent{}, start));
}
