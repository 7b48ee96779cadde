#include "app/flight_recorder.hpp"

#include <chrono>
#include <optional>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(FlightRecorder) {
  config::AroundAlert around{minutes(1), minutes(2), config::AroundAlert::Channels::kOwn};
  const Instant start{seconds(100'000)};

  static AlertEvent raised(Instant at) {
    AlertEvent event;
    event.time = at;
    return event;
  }
  // Alerts of one channel, so far apart, until the first is skipped.
  int recorded_every(FlightRecorder & recorder, Duration apart, int most) const {
    for (int i = 0; i < most; ++i) {
      if (!recorder.record(raised(start + i * apart), "boiler")) return i;
    }
    return most;
  }
};

TEST(FlightRecorder, records_before_and_after_an_alert) {
  FlightRecorder recorder(around);
  const std::optional<storage::Recording> recording = recorder.record(raised(start), "boiler");
  CHECK_TRUE(recording.has_value());
  STRCMP_EQUAL("boiler", recording->channel.c_str());
  CHECK_TRUE(recording->from == start - minutes(1) && recording->to == start + minutes(2));
  CHECK_TRUE(recorder.recorded() == 1 && recorder.skipped() == 0);
}

TEST(FlightRecorder, records_all_channels_when_told_so) {
  around.channels = config::AroundAlert::Channels::kAll;
  FlightRecorder recorder(around);
  STRCMP_EQUAL("", recorder.record(raised(start), "boiler")->channel.c_str());
}

TEST(FlightRecorder, records_nothing_for_other_steps) {
  FlightRecorder recorder(around);
  for (const AlertChange change :
       {AlertChange::kEscalated, AlertChange::kAcknowledged, AlertChange::kCleared}) {
    AlertEvent event = raised(start);
    event.change = change;
    CHECK_FALSE(recorder.record(event, "boiler").has_value());
  }
  CHECK_TRUE(recorder.skipped() == 0);
}

TEST(FlightRecorder, is_off_with_both_at_0) {
  around.before = around.after = Duration::zero();
  FlightRecorder recorder(around);
  CHECK_FALSE(recorder.record(raised(start), "boiler").has_value());
  CHECK_TRUE(recorder.skipped() == 0);
}

TEST(FlightRecorder, a_storm_is_recorded_for_ten_spans_at_most) {
  FlightRecorder far_apart(around);
  CHECK_TRUE(recorded_every(far_apart, minutes(4), 100) <= FlightRecorder::kSpansAtOnce + 2);
  CHECK_TRUE(far_apart.skipped() == 1);
  // What runs into each other counts once: 30 minutes of readings in all.
  FlightRecorder close(around);
  const int alerts = recorded_every(close, seconds(10), 1'000);
  const Duration recorded = close.last().front().to - close.last().front().from;
  CHECK_TRUE(recorded <= 10 * minutes(3) + minutes(4));
  CHECK_TRUE(alerts > 100);
}

TEST(FlightRecorder, records_again_after_a_rest) {
  FlightRecorder recorder(around);
  static_cast<void>(recorded_every(recorder, minutes(4), 100));
  const Instant later = start + std::chrono::hours(2);
  CHECK_TRUE(recorder.record(raised(later), "boiler").has_value());
}

TEST(FlightRecorder, an_alert_of_every_half_hour_is_always_recorded) {
  FlightRecorder recorder(around);
  CHECK_TRUE(recorded_every(recorder, minutes(30), 1'000) == 1'000);
}

TEST(FlightRecorder, one_channel_does_not_use_up_what_is_anothers) {
  FlightRecorder recorder(around);
  static_cast<void>(recorded_every(recorder, minutes(4), 100));
  CHECK_TRUE(recorder.record(raised(start), "pump").has_value());
}

TEST(FlightRecorder, a_bounded_number_of_channels_is_recorded_at_a_time) {
  FlightRecorder recorder(around);
  for (std::size_t i = 0; i < FlightRecorder::kOpenMax; ++i) {
    CHECK_TRUE(recorder.record(raised(start), std::to_string(i)).has_value());
  }
  CHECK_FALSE(recorder.record(raised(start), "one more").has_value());
  CHECK_TRUE(recorder.record(raised(start + minutes(3)), "one more").has_value());
}
