#include "hal/polled_probe.hpp"

#include <chrono>
#include <string>

#include "tests/hal/scripted_probe.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(PolledProbe) {
  ScriptedChannel channel{seconds(1), milliseconds(500)};
  PolledProbe& probe = channel.polled;
  Source& source = channel.source;
  Instant now{seconds(1000)};

  // One read, of which each takes `took`.
  void read(Duration took = milliseconds(1)) {
    probe.measure(now);
    now += took;
    probe.settle(now);
  }
  // The round that is due next, with all its reads.
  void round(Duration took = milliseconds(1)) {
    now = std::max(now, probe.due());
    do {
      read(took);
    } while (probe.due() == Instant::min());
  }
  void rounds(int count) {
    for (int i = 0; i < count; ++i) round();
  }
  DriverState state() const {
    return probe.standing().state;
  }
};

TEST(PolledProbe, is_due_at_once) {
  CHECK_TRUE(probe.due() < now);
  CHECK_EQUAL(0U, probe.standing().rounds);
}

TEST(PolledProbe, posts_a_value_with_the_time_of_its_read) {
  round(milliseconds(300));
  const Post post = channel.sensor.mailbox().read();
  CHECK_TRUE(post.taken == Instant{seconds(1000)});
  CHECK_TRUE(post.sample.quality == Quality::kGood);
  DOUBLES_EQUAL(1.0, post.sample.value, 0.0);
}

TEST(PolledProbe, keeps_to_the_grid_of_its_first_read) {
  round(milliseconds(70));
  CHECK_TRUE(probe.due() == Instant{seconds(1001)});
}

TEST(PolledProbe, skips_deadlines_that_passed_while_it_was_read) {
  round(milliseconds(2'400));
  CHECK_TRUE(probe.due() == Instant{seconds(1003)});
}

TEST(PolledProbe, asks_again_at_once_up_to_twice) {
  source.error = ErrorCode::kUnavailable;
  round();
  CHECK_EQUAL(3U, source.asked.size());
  CHECK_EQUAL(2U, probe.standing().retries);
  CHECK_EQUAL(1U, probe.standing().failed);
  CHECK_TRUE(channel.quality() == Quality::kFault);
}

TEST(PolledProbe, is_good_when_a_retry_is) {
  source.fail_once(ErrorCode::kCorrupt, 2);
  round();
  CHECK_TRUE(channel.quality() == Quality::kGood);
  CHECK_EQUAL(0U, probe.standing().failed);
}

TEST(PolledProbe, does_not_ask_again_when_the_time_is_up) {
  source.error = ErrorCode::kUnavailable;
  round(milliseconds(260));
  CHECK_EQUAL(2U, source.asked.size());
}

TEST(PolledProbe, does_not_ask_again_for_what_will_not_change) {
  for (const ErrorCode code : {ErrorCode::kNotFound, ErrorCode::kInvalid, ErrorCode::kRefused}) {
    source.error = code;
    source.asked.clear();
    round();
    CHECK_EQUAL(1U, source.asked.size());
  }
}

TEST(PolledProbe, a_value_that_comes_after_the_limit_is_a_timeout) {
  round(milliseconds(501));
  CHECK_TRUE(channel.quality() == Quality::kFault);
  CHECK_EQUAL(1U, probe.standing().timeouts);
  STRCMP_EQUAL("it took 501 ms to answer; the limit is 500 ms",
               std::string(probe.standing().why()).c_str());
}

TEST(PolledProbe, a_value_that_comes_at_the_limit_is_good) {
  round(milliseconds(500));
  CHECK_TRUE(channel.quality() == Quality::kGood);
  CHECK_EQUAL(0U, probe.standing().timeouts);
}

TEST(PolledProbe, a_source_that_is_absent_is_missing_and_down_at_once) {
  source.error = ErrorCode::kNotFound;
  round();
  CHECK_TRUE(channel.quality() == Quality::kMissing);
  CHECK_TRUE(state() == DriverState::kDown);
}

TEST(PolledProbe, is_degraded_by_a_failure_and_down_after_three) {
  round();
  CHECK_TRUE(state() == DriverState::kUp);
  source.error = ErrorCode::kTimeout;
  round();
  CHECK_TRUE(state() == DriverState::kDegraded);
  round();
  CHECK_TRUE(state() == DriverState::kDegraded);
  round();
  CHECK_TRUE(state() == DriverState::kDown);
  STRCMP_EQUAL("the bus is silent", std::string(probe.standing().why()).c_str());
}

TEST(PolledProbe, says_since_when_it_is_down) {
  source.error = ErrorCode::kNotFound;
  round();
  const Instant since = probe.standing().since;
  CHECK_TRUE(since == now);
  rounds(3);
  CHECK_TRUE(probe.standing().since == since);
}

TEST(PolledProbe, is_degraded_by_a_retry) {
  round();
  source.fail_once(ErrorCode::kUnavailable);
  round();
  CHECK_TRUE(channel.quality() == Quality::kGood);
  CHECK_TRUE(state() == DriverState::kDegraded);
}

TEST(PolledProbe, is_up_again_after_three_clean_rounds) {
  source.fail_once(ErrorCode::kUnavailable);
  round();
  rounds(2);
  CHECK_TRUE(state() == DriverState::kDegraded);
  round();
  CHECK_TRUE(state() == DriverState::kUp);
}

TEST(PolledProbe, stays_degraded_while_every_third_read_fails) {
  source.fail_once(ErrorCode::kUnavailable);
  round();
  for (int i = 0; i < 20; ++i) {
    rounds(2);
    source.fail_once(ErrorCode::kUnavailable);
    round();
    CHECK_TRUE(state() == DriverState::kDegraded);
  }
}

TEST(PolledProbe, is_up_with_the_first_clean_round_of_a_source_that_is_back) {
  source.error = ErrorCode::kNotFound;
  rounds(3);
  source.error.reset();
  round();
  CHECK_TRUE(state() == DriverState::kUp);
  CHECK_TRUE(channel.quality() == Quality::kGood);
}

TEST(PolledProbe, lets_a_source_that_is_down_rest_longer_each_time) {
  source.error = ErrorCode::kNotFound;
  Instant before = now;
  for (const int expected : {1, 2, 4, 8, 16}) {
    round();
    before = source.asked.back();
    CHECK_TRUE(probe.due() - before == seconds(expected));
  }
}

TEST(PolledProbe, never_lets_a_source_rest_for_long) {
  source.error = ErrorCode::kNotFound;
  rounds(100);
  CHECK_TRUE(probe.due() - source.asked.back() == seconds(1) + PolledProbe::kRestMax);
}

TEST(PolledProbe, a_slow_channel_asks_with_its_period_however_long_it_is_down) {
  ScriptedChannel slow{std::chrono::hours(1)};
  slow.source.error = ErrorCode::kNotFound;
  for (int i = 0; i < 100; ++i) {
    now = std::max(now, slow.polled.due());
    slow.polled.measure(now);
    slow.polled.settle(now);
    CHECK_TRUE(slow.polled.due() - now == std::chrono::hours(1));
  }
}

TEST(PolledProbe, does_not_let_a_source_rest_that_has_news) {
  source.error = ErrorCode::kNotFound;
  rounds(10);
  const Instant late = probe.due();
  now += seconds(2);
  probe.listen(now);
  CHECK_TRUE(probe.due() == late);
  source.news = true;
  probe.listen(now);
  CHECK_TRUE(probe.due() >= now && probe.due() < now + seconds(1));
  CHECK_TRUE((late - probe.due()) % seconds(1) == Duration{});
}

TEST(PolledProbe, news_do_not_make_it_measure_more_often_than_its_period) {
  source.news = true;
  round();
  const Instant due = probe.due();
  probe.listen(now);
  CHECK_TRUE(probe.due() == due);
}

TEST(PolledProbe, does_not_let_a_source_rest_that_is_back) {
  source.error = ErrorCode::kNotFound;
  rounds(10);
  source.error.reset();
  round();
  CHECK_TRUE(probe.due() - source.asked.back() == seconds(1));
}

TEST(PolledProbe, tells_that_a_read_is_under_way) {
  probe.measure(now);
  CHECK_TRUE(probe.standing().busy_since == now);
  probe.settle(now);
  CHECK_TRUE(probe.standing().busy_since == Instant{});
}
