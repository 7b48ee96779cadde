#include "app/latest.hpp"

#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(Latest) {
  Latest latest;
};

TEST(Latest, knows_nothing_before_the_first_reading) {
  CHECK_FALSE(latest.read(ChannelId{0}).has_value());
}

TEST(Latest, keeps_the_newest_reading_of_each_channel) {
  latest.publish({Instant(seconds(1)), 1.5, ChannelId{0}, Quality::kGood});
  latest.publish({Instant(seconds(1)), 7.5, ChannelId{1}, Quality::kStale});
  latest.publish({Instant(seconds(2)), 2.5, ChannelId{0}, Quality::kGood});
  CHECK_EQUAL(2.5, latest.read(ChannelId{0})->value);
  CHECK_TRUE(latest.read(ChannelId{0})->time == Instant(seconds(2)));
  CHECK_TRUE(latest.read(ChannelId{1})->quality == Quality::kStale);
}

TEST(Latest, holds_every_number_of_a_run) {
  const ChannelId last{kChannelNumbersMax - 1};
  latest.publish({Instant(seconds(1)), 1.0, last, Quality::kGood});
  CHECK_TRUE(latest.read(last).has_value());
}

TEST(Latest, a_number_that_is_never_given_is_a_mistake) {
  const ChannelId beyond{kChannelNumbersMax};
  CHECK_FALSE(last_words([&] { static_cast<void>(latest.read(beyond)); }).empty());
}

TEST_GROUP(AlertBoard) {
  AlertBoard board;
};

TEST(AlertBoard, an_alert_without_a_step_is_cleared) {
  CHECK_TRUE(board.read(AlertId{3}).change == AlertChange::kCleared);
  CHECK_EQUAL(0U, board.read(AlertId{3}).count);
}

TEST(AlertBoard, keeps_the_newest_step_of_each_alert) {
  AlertEvent event;
  event.alert = AlertId{3};
  event.change = AlertChange::kRaised;
  event.severity = Severity::kWarning;
  event.count = 1;
  board.publish(event);
  event.change = AlertChange::kEscalated;
  event.severity = Severity::kCritical;
  event.count = 0xFFFFFFFF;
  board.publish(event);
  const AlertStanding standing = board.read(AlertId{3});
  CHECK_TRUE(standing.change == AlertChange::kEscalated);
  CHECK_TRUE(standing.severity == Severity::kCritical);
  CHECK_EQUAL(0xFFFFFFFF, standing.count);
  CHECK_TRUE(board.read(AlertId{2}).change == AlertChange::kCleared);
}

TEST(AlertBoard, holds_every_number_of_a_run) {
  AlertEvent event;
  event.alert = AlertId{kAlertNumbersMax - 1};
  board.publish(event);
  CHECK_TRUE(board.read(event.alert).change == AlertChange::kRaised);
}

TEST(AlertBoard, a_number_that_is_never_given_is_a_mistake) {
  AlertEvent event;
  event.alert = AlertId{kAlertNumbersMax};
  CHECK_FALSE(last_words([&] { board.publish(event); }).empty());
}
