#include "app/realtime_thread.hpp"

#include <atomic>
#include <chrono>
#include <memory>

#include "tests/app/hand_plan.hpp"
#include "tests/app/virtual_clock.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(RealtimeThread) {
  HandPlan hand;
  HandSensor boiler;
  VirtualClock clock;
  const Instant start = clock.now();
  std::atomic<bool> stop{false};
  const std::unique_ptr<Handover<Plan>> plans = std::make_unique<Handover<Plan>>();
  const std::unique_ptr<Crossings> crossings = std::make_unique<Crossings>(1'000);
  std::unique_ptr<RealtimeLoop> loop;
  int sleeps = 0;

  HandPlan::Channel channel(Duration period) {
    ChannelSpec spec = spec_of("boiler", period);
    spec.alerts = {above("hot", 80.0)};
    return {spec, &boiler};
  }
  // Runs in this thread, on virtual time, until `end`.
  void run_until(Instant end, const std::vector<HandPlan::Channel>& channels) {
    loop = std::make_unique<RealtimeLoop>(hand.plan(channels), *crossings, *plans, start);
    clock.on_sleep = [this, end](Instant deadline) {
      ++sleeps;
      if (deadline >= end) stop = true;
    };
    run_realtime(*loop, *crossings, clock, stop);
  }
  LoopTiming timing() const {
    return crossings->timing.read();
  }
};

TEST(RealtimeThread, serves_every_tick) {
  run_until(start + seconds(10), {channel(seconds(1))});
  CHECK_EQUAL(11, boiler.reads);  // the first, and one a second
  CHECK_EQUAL(0U, crossings->loop.read().ticks_missed);
}

TEST(RealtimeThread, sets_the_first_ticks_when_it_starts) {
  loop = nullptr;
  const Instant made = start - seconds(60);
  loop = std::make_unique<RealtimeLoop>(hand.plan({channel(seconds(1))}), *crossings, *plans, made);
  clock.on_sleep = [this](Instant) { stop = true; };
  run_realtime(*loop, *crossings, clock, stop);
  CHECK_EQUAL(0U, crossings->loop.read().ticks_missed);
}

TEST(RealtimeThread, does_nothing_once_it_is_told_to_stop) {
  stop = true;
  run_until(start, {channel(seconds(1))});
  CHECK_EQUAL(0, boiler.reads);
  CHECK_EQUAL(0, sleeps);
}

TEST(RealtimeThread, looks_at_its_stop_flag_at_least_every_tenth_of_a_second) {
  run_until(start + seconds(60), {channel(std::chrono::hours(1))});
  CHECK_TRUE(sleeps >= 600);
}

TEST(RealtimeThread, waits_for_a_plan_without_channels) {
  run_until(start + seconds(1), {});
  CHECK_TRUE(sleeps >= 10);
}

TEST(RealtimeThread, measures_each_wake_up_for_a_deadline) {
  run_until(start + seconds(10), {channel(seconds(1))});
  // Published once a second, so the last second may be missing.
  CHECK_TRUE(timing().lateness.count() >= 9);
  CHECK_TRUE(timing().lateness.count() <= 12);
  CHECK_EQUAL(timing().lateness.count(), timing().body.count());
}

TEST(RealtimeThread, measures_how_soon_an_alert_is_out) {
  boiler.sample.value = 90.0;
  run_until(start + seconds(3), {channel(seconds(1))});
  CHECK_EQUAL(1U, timing().sample_to_alert.count());
}

TEST_GROUP(RealtimeGrant){};

TEST(RealtimeGrant, is_degraded_when_something_wanted_was_refused) {
  RealtimeGrant grant;
  CHECK_FALSE(grant.degraded());
  grant.wanted_fifo = true;
  CHECK_TRUE(grant.degraded());
  grant.fifo = true;
  CHECK_FALSE(grant.degraded());
  grant.wanted_lock = true;
  CHECK_TRUE(grant.degraded());
  grant.memory_locked = true;
  CHECK_FALSE(grant.degraded());
}

TEST(RealtimeGrant, is_not_degraded_by_what_nobody_wanted) {
  RealtimeGrant grant;
  grant.wanted_lock = true;
  grant.memory_locked = true;
  CHECK_FALSE(grant.degraded());
}
