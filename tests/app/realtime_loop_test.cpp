#include "app/realtime_loop.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hal/simulated_actuator.hpp"
#include "tests/app/hand_plan.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(RealtimeLoop) {
  HandPlan hand;
  HandSensor boiler;
  HandSensor tank;
  hal::SimulatedActuator fan;
  Interlock::Options least_fan;
  // Rings lie on cache lines of their own, which the framework's allocation of a test does not
  // know.
  const std::unique_ptr<Handover<Plan>> plans = std::make_unique<Handover<Plan>>();
  std::unique_ptr<Crossings> crossings = std::make_unique<Crossings>(64);
  std::unique_ptr<RealtimeLoop> loop;
  const Instant start{seconds(100)};
  const Instant first_tick = start + Plan::kFirstTickDelay;

  HandPlan::Channel boiler_channel(Duration period = seconds(1)) {
    ChannelSpec spec = spec_of("boiler", period);
    spec.alerts = {above("hot", 80.0, "fan")};
    return {spec, &boiler};
  }
  HandPlan::Channel tank_channel(Duration period = seconds(1)) {
    return {spec_of("tank", period), &tank};
  }
  HandPlan::Channel derived(const std::string& name, const std::string& expression,
                            Duration period = seconds(1)) {
    return {spec_of(name, period), nullptr, expression};
  }
  // What was recorded of a channel, in this order.
  std::vector<Reading> readings_of(const std::string& name) {
    std::vector<Reading> all = readings();
    std::erase_if(all, [&](const Reading& one) { return one.channel != hand.channel(name); });
    return all;
  }
  std::vector<HandPlan::Switch> switches() {
    return {{"fan", &fan, least_fan}};
  }

  void run(const std::vector<HandPlan::Channel>& channels, std::size_t ring = 64) {
    crossings = std::make_unique<Crossings>(ring);
    loop =
        std::make_unique<RealtimeLoop>(hand.plan(channels, switches()), *crossings, *plans, start);
  }
  void reload(const std::vector<HandPlan::Channel>& channels) {
    plans->offer(hand.plan(channels, switches()));
  }
  // Wakes the loop at each of its deadlines up to `end`, as a machine does that is never late.
  void run_until(Instant end) {
    for (Instant next = loop->step(start).next; next <= end;) next = loop->step(next).next;
  }
  std::vector<Reading> readings() {
    std::vector<Reading> all;
    while (const std::optional<Reading> reading = crossings->readings.try_pop()) {
      all.push_back(*reading);
    }
    return all;
  }
  std::vector<AlertEvent> alerts(Ring<AlertEvent> & ring) {
    std::vector<AlertEvent> all;
    while (const std::optional<AlertEvent> event = ring.try_pop()) all.push_back(*event);
    return all;
  }
  LoopStatus status() {
    return crossings->loop.read();
  }
};

TEST(RealtimeLoop, reads_nothing_before_its_first_tick) {
  run({boiler_channel()});
  CHECK_TRUE(loop->step(start).next == first_tick);
  CHECK_EQUAL(0, boiler.reads);
}

TEST(RealtimeLoop, has_a_reading_soon_after_the_start) {
  run({boiler_channel(std::chrono::hours(1))});
  static_cast<void>(loop->step(first_tick));
  CHECK_EQUAL(1U, readings().size());
}

TEST(RealtimeLoop, keeps_the_grid_of_whole_periods_since_boot) {
  run({boiler_channel()});
  CHECK_TRUE(loop->step(first_tick).next == Instant(seconds(101)));
  CHECK_TRUE(loop->step(Instant(seconds(101))).next == Instant(seconds(102)));
  static_cast<void>(loop->step(Instant(seconds(102))));
  const std::vector<Reading> all = readings();
  CHECK_EQUAL(3U, all.size());
  CHECK_TRUE(all[0].time == first_tick);
  CHECK_TRUE(all[1].time == Instant(seconds(101)));
  CHECK_TRUE(all[2].time == Instant(seconds(102)));
}

TEST(RealtimeLoop, stamps_a_reading_with_its_tick_however_late_it_wakes) {
  run({boiler_channel()});
  static_cast<void>(loop->step(first_tick));
  static_cast<void>(loop->step(Instant(milliseconds(101'400))));
  CHECK_TRUE(readings()[1].time == Instant(seconds(101)));
}

TEST(RealtimeLoop, a_late_wake_does_not_move_the_grid) {
  run({boiler_channel()});
  static_cast<void>(loop->step(first_tick));
  CHECK_TRUE(loop->step(Instant(milliseconds(101'400))).next == Instant(seconds(102)));
}

TEST(RealtimeLoop, channels_of_a_tick_share_its_stamp) {
  run({boiler_channel(), tank_channel(seconds(2))});
  run_until(Instant(seconds(102)));
  std::vector<Reading> at_102;
  for (const Reading& reading : readings()) {
    if (reading.time == Instant(seconds(102))) at_102.push_back(reading);
  }
  CHECK_EQUAL(2U, at_102.size());
}

TEST(RealtimeLoop, serves_each_channel_with_its_own_period) {
  run({boiler_channel(), tank_channel(seconds(2))});
  run_until(Instant(seconds(110)));
  CHECK_EQUAL(11, boiler.reads);  // the first tick, and 101 to 110
  CHECK_EQUAL(6, tank.reads);     // the first tick, and 102, 104... 110
}

TEST(RealtimeLoop, serves_a_tick_once) {
  run({boiler_channel()});
  static_cast<void>(loop->step(first_tick));
  static_cast<void>(loop->step(first_tick));
  static_cast<void>(loop->step(Instant(milliseconds(100'900))));
  CHECK_EQUAL(1, boiler.reads);
}

TEST(RealtimeLoop, serves_only_the_newest_of_the_ticks_it_missed) {
  run({boiler_channel()});
  static_cast<void>(loop->step(first_tick));
  static_cast<void>(loop->step(Instant(milliseconds(105'200))));
  const std::vector<Reading> all = readings();
  CHECK_EQUAL(2U, all.size());
  CHECK_TRUE(all[1].time == Instant(seconds(105)));
}

TEST(RealtimeLoop, counts_the_ticks_it_missed) {
  run({boiler_channel()});
  static_cast<void>(loop->step(first_tick));
  static_cast<void>(loop->step(Instant(milliseconds(105'200))));
  CHECK_EQUAL(4U, status().ticks_missed);  // 101 to 104
  CHECK_EQUAL(2U, status().ticks);
}

TEST(RealtimeLoop, misses_nothing_when_it_is_late_by_less_than_a_period) {
  run({boiler_channel()});
  static_cast<void>(loop->step(first_tick));
  static_cast<void>(loop->step(Instant(milliseconds(101'999))));
  CHECK_EQUAL(0U, status().ticks_missed);
}

TEST(RealtimeLoop, counts_the_missed_ticks_of_each_period) {
  run({boiler_channel(), tank_channel(seconds(2))});
  static_cast<void>(loop->step(first_tick));
  static_cast<void>(loop->step(Instant(milliseconds(105'200))));
  CHECK_EQUAL(5U, status().ticks_missed);  // 101 to 104, and 102
}

TEST(RealtimeLoop, a_late_start_serves_a_tick_of_the_grid) {
  // The first tick lies off the grid; what was served after a late start did too.
  run({boiler_channel()});
  static_cast<void>(loop->step(Instant(milliseconds(105'200))));
  const std::vector<Reading> all = readings();
  CHECK_EQUAL(1U, all.size());
  CHECK_TRUE(all[0].time == Instant(seconds(105)));
  CHECK_EQUAL(5U, status().ticks_missed);  // the first, and 101 to 104
}

TEST(RealtimeLoop, is_not_due_again_at_the_time_it_was_served) {
  // After a late first tick the loop was due at once: two ticks in a burst.
  run({boiler_channel(seconds(10))});
  const Instant late = first_tick + milliseconds(9'990);
  CHECK_TRUE(loop->step(late).next > late);
}

TEST(RealtimeLoop, sleeps_for_ever_without_channels) {
  run({});
  CHECK_TRUE(loop->step(start).next == Instant::max());
}

TEST(RealtimeLoop, hands_a_reading_to_storage_and_shows_it) {
  run({boiler_channel()});
  boiler.sample = {55.5, Quality::kGood};
  static_cast<void>(loop->step(first_tick));
  CHECK_EQUAL(55.5, readings()[0].value);
  CHECK_EQUAL(55.5, crossings->latest.read(hand.channel("boiler"))->value);
  CHECK_EQUAL(1U, status().readings);
}

TEST(RealtimeLoop, a_fault_is_a_reading_too) {
  run({boiler_channel()});
  boiler.sample = {0.0, Quality::kFault};
  static_cast<void>(loop->step(first_tick));
  CHECK_TRUE(readings()[0].quality == Quality::kFault);
}

TEST(RealtimeLoop, what_a_deadband_holds_back_is_no_reading) {
  HandPlan::Channel quiet = tank_channel();
  quiet.spec.filters = {Deadband{5.0, std::chrono::hours(1)}};
  run({quiet});
  run_until(Instant(seconds(110)));
  CHECK_EQUAL(1U, readings().size());
  CHECK_EQUAL(1U, status().readings);
  CHECK_EQUAL(11U, status().ticks);
}

TEST(RealtimeLoop, a_derived_channel_sees_the_inputs_of_its_own_tick) {
  run({derived("difference", "boiler - tank"), boiler_channel(), tank_channel()});
  boiler.sample = {50.0, Quality::kGood};
  tank.sample = {20.0, Quality::kGood};
  static_cast<void>(loop->step(first_tick));
  boiler.sample = {60.0, Quality::kGood};
  static_cast<void>(loop->step(Instant(seconds(101))));
  const std::vector<Reading> all = readings_of("difference");
  CHECK_EQUAL(2U, all.size());
  CHECK_EQUAL(30.0, all[0].value);
  CHECK_TRUE(all[0].time == first_tick);
  CHECK_EQUAL(40.0, all[1].value);
  CHECK_TRUE(all[1].time == Instant(seconds(101)));
}

TEST(RealtimeLoop, a_derived_channel_comes_behind_what_it_is_derived_from_whatever_the_periods) {
  // "c" of 1 s needs "b" of 2 s, which needs "a" of 1 s, which needs a channel of 4 s.
  run({derived("c", "b + 1"), derived("b", "a + 1", seconds(2)), derived("a", "boiler + 1"),
       boiler_channel(seconds(4))});
  boiler.sample = {10.0, Quality::kGood};
  static_cast<void>(loop->step(first_tick));
  boiler.sample = {20.0, Quality::kGood};
  run_until(Instant(seconds(104)));
  const std::vector<Reading> all = readings_of("c");
  CHECK_EQUAL(5U, all.size());
  CHECK_EQUAL(13.0, all[0].value);
  CHECK_EQUAL(13.0, all[3].value);
  CHECK_EQUAL(23.0, all[4].value);
  CHECK_TRUE(all[4].time == Instant(seconds(104)));
}

TEST(RealtimeLoop, a_derived_channel_is_read_with_its_own_period) {
  run({boiler_channel(), derived("slow", "boiler", seconds(2))});
  run_until(Instant(seconds(110)));
  CHECK_EQUAL(6U, readings_of("slow").size());
}

TEST(RealtimeLoop, a_fault_of_an_input_is_one_of_the_derived_channel_in_the_same_tick) {
  run({derived("twice", "boiler * 2"), boiler_channel()});
  static_cast<void>(loop->step(first_tick));
  boiler.sample = {0.0, Quality::kFault};
  static_cast<void>(loop->step(Instant(seconds(101))));
  const std::vector<Reading> all = readings_of("twice");
  CHECK_TRUE(all[0].quality == Quality::kGood);
  CHECK_TRUE(all[1].quality == Quality::kFault);
}

TEST(RealtimeLoop, an_alert_of_a_derived_channel_switches_its_actuator_in_the_same_tick) {
  HandPlan::Channel difference = derived("difference", "boiler - tank");
  difference.spec.alerts = {above("apart", 30.0, "fan")};
  run({difference, boiler_channel(), tank_channel()});
  static_cast<void>(loop->step(first_tick));
  boiler.sample = {70.0, Quality::kGood};
  static_cast<void>(loop->step(Instant(seconds(101))));
  CHECK_EQUAL(1U, fan.changes().size());
  CHECK_TRUE(fan.changes()[0] == (hal::SimulatedActuator::Change{Instant(seconds(101)), true}));
}

TEST(RealtimeLoop, a_reload_derives_from_the_new_plan) {
  run({boiler_channel(), derived("d", "boiler")});
  static_cast<void>(loop->step(first_tick));
  reload({derived("d", "boiler * 2"), boiler_channel()});
  boiler.sample = {30.0, Quality::kGood};
  static_cast<void>(loop->step(Instant(seconds(101))));
  const std::unique_ptr<Plan> old = plans->collect();
  CHECK_TRUE(old != nullptr);
  CHECK_EQUAL(60.0, readings_of("d")[1].value);
}

TEST(RealtimeLoop, wakes_when_the_least_time_of_an_output_is_over) {
  // Between two readings of a slow channel.
  least_fan = {.min_on = {}, .min_off = seconds(30)};
  run({boiler_channel(std::chrono::minutes(10))});
  boiler.sample = {90.0, Quality::kGood};
  CHECK_TRUE(loop->step(first_tick).next == start + seconds(30));
  CHECK_FALSE(fan.is_on());
  CHECK_TRUE(loop->step(start + seconds(30)).next == Instant(std::chrono::minutes(10)));
  CHECK_TRUE(fan.is_on());
  CHECK_TRUE(fan.changes()[0].tick == start + seconds(30));
  CHECK_EQUAL(1, boiler.reads);
}

TEST(RealtimeLoop, an_alert_that_flaps_switches_no_more_often_than_the_least_times_let_it) {
  // With full rings, for a flood of alerts fills them.
  least_fan = {.min_on = seconds(7), .min_off = seconds(5)};
  run({boiler_channel(milliseconds(100))}, 2);
  Instant next = loop->step(start).next;
  bool hot = false;
  while (next <= start + seconds(1'000)) {
    hot = !hot;
    boiler.sample = {hot ? 90.0 : 20.0, Quality::kGood};
    next = loop->step(next).next;
  }
  CHECK_TRUE(status().lost_alerts.count > 1'000);
  const auto changes = fan.changes();
  // A time on and one off are 12 s, with up to a tick more each until it is wanted.
  CHECK_TRUE(changes.size() >= 2U * 1'000 / 13 && changes.size() <= 2U * 1'000 / 12 + 1);
  for (std::size_t i = 1; i < changes.size(); ++i) {
    const Duration least = changes[i - 1].on ? least_fan.min_on : least_fan.min_off;
    CHECK_TRUE(changes[i].tick - changes[i - 1].tick >= least);
    CHECK_TRUE(changes[i].on != changes[i - 1].on);
  }
}

TEST(RealtimeLoop, a_fail_safe_switches_in_the_tick_of_the_fault_although_the_rings_are_full) {
  HandPlan::Channel safe = boiler_channel();
  safe.spec.alerts[0].fail_safe = FailSafe::kOn;
  run({safe}, 2);
  run_until(Instant(seconds(110)));
  boiler.sample = {0.0, Quality::kFault};
  static_cast<void>(loop->step(Instant(seconds(111))));
  CHECK_EQUAL(1U, fan.changes().size());
  CHECK_TRUE(fan.changes()[0] == (hal::SimulatedActuator::Change{Instant(seconds(111)), true}));
}

TEST(RealtimeLoop, counts_what_finds_the_ring_full_with_its_span) {
  run({boiler_channel()}, 3);
  run_until(Instant(seconds(105)));
  const Loss loss = status().lost_readings;
  CHECK_EQUAL(3U, loss.count);
  CHECK_EQUAL(1U, loss.episodes);
  CHECK_TRUE(loss.episode_first == Instant(seconds(103)));
  CHECK_TRUE(loss.last == Instant(seconds(105)));
  CHECK_EQUAL(6U, status().readings);
  CHECK_EQUAL(3U, readings().size());
}

TEST(RealtimeLoop, a_success_ends_an_episode_of_loss) {
  run({boiler_channel()}, 1);
  run_until(Instant(seconds(102)));  // one kept, 101 and 102 lost
  CHECK_EQUAL(1U, readings().size());
  run_until(Instant(seconds(105)));  // 103 kept, 104 and 105 lost
  const Loss loss = status().lost_readings;
  CHECK_EQUAL(4U, loss.count);
  CHECK_EQUAL(2U, loss.episodes);
  CHECK_TRUE(loss.earlier_last == Instant(seconds(102)));
  CHECK_TRUE(loss.episode_first == Instant(seconds(104)));
  CHECK_TRUE(loss.last == Instant(seconds(105)));
}

TEST(RealtimeLoop, loses_nothing_while_the_ring_has_room) {
  run({boiler_channel()});
  run_until(Instant(seconds(110)));
  CHECK_EQUAL(0U, status().lost_readings.count);
  CHECK_EQUAL(0U, status().lost_alerts.count);
}

TEST(RealtimeLoop, raises_an_alert_for_storage_uplink_and_board_in_the_same_step) {
  run({boiler_channel()});
  boiler.sample.value = 90.0;
  CHECK_EQUAL(1U, loop->step(first_tick).alerts);
  const std::vector<AlertEvent> recorded = alerts(crossings->alerts);
  CHECK_EQUAL(1U, recorded.size());
  CHECK_TRUE(recorded[0].change == AlertChange::kRaised);
  CHECK_TRUE(recorded[0].time == first_tick);
  CHECK_EQUAL(90.0, recorded[0].value);
  CHECK_TRUE(alerts(crossings->live_alerts) == recorded);
  CHECK_TRUE(crossings->alert_board.read(hand.alert("hot")).change == AlertChange::kRaised);
  CHECK_EQUAL(1U, status().alerts_active);
}

TEST(RealtimeLoop, switches_the_actuator_in_the_same_tick) {
  run({boiler_channel()});
  boiler.sample.value = 90.0;
  static_cast<void>(loop->step(first_tick + milliseconds(3)));
  CHECK_TRUE(fan.is_on());
  CHECK_TRUE(fan.changes()[0].tick == first_tick);
}

TEST(RealtimeLoop, a_step_without_an_alert_says_so) {
  run({boiler_channel()});
  CHECK_EQUAL(0U, loop->step(first_tick).alerts);
}

TEST(RealtimeLoop, a_cleared_alert_is_not_active_any_more) {
  run({boiler_channel()});
  boiler.sample.value = 90.0;
  static_cast<void>(loop->step(first_tick));
  boiler.sample.value = 20.0;
  static_cast<void>(loop->step(Instant(seconds(101))));
  CHECK_EQUAL(0U, status().alerts_active);
  CHECK_FALSE(fan.is_on());
}

TEST(RealtimeLoop, counts_alert_steps_that_find_their_ring_full) {
  run({boiler_channel()});
  for (std::size_t i = 0; i < Crossings::kAlertsMax; ++i) {
    CHECK_TRUE(crossings->alerts.try_push({}));
  }
  boiler.sample.value = 90.0;
  static_cast<void>(loop->step(first_tick));
  CHECK_EQUAL(1U, status().lost_alerts.count);
  CHECK_TRUE(status().lost_alerts.last == first_tick);
  CHECK_EQUAL(1U, alerts(crossings->live_alerts).size());
}

TEST(RealtimeLoop, an_alert_without_room_on_the_live_path_is_still_recorded) {
  run({boiler_channel()});
  for (std::size_t i = 0; i < Crossings::kAlertsMax; ++i) {
    CHECK_TRUE(crossings->live_alerts.try_push({}));
  }
  boiler.sample.value = 90.0;
  static_cast<void>(loop->step(first_tick));
  CHECK_EQUAL(1U, status().live_alerts_skipped);
  CHECK_EQUAL(0U, status().lost_alerts.count);
  CHECK_EQUAL(1U, alerts(crossings->alerts).size());
}

TEST(RealtimeLoop, an_acknowledgement_is_a_step_of_the_alert) {
  run({boiler_channel()});
  boiler.sample.value = 90.0;
  static_cast<void>(loop->step(first_tick));
  static_cast<void>(alerts(crossings->alerts));
  CHECK_TRUE(crossings->acknowledgements.try_push(hand.alert("hot")));
  CHECK_EQUAL(1U, loop->step(first_tick + milliseconds(100)).alerts);
  const std::vector<AlertEvent> recorded = alerts(crossings->alerts);
  CHECK_EQUAL(1U, recorded.size());
  CHECK_TRUE(recorded[0].change == AlertChange::kAcknowledged);
  CHECK_TRUE(recorded[0].time == first_tick + milliseconds(100));
  CHECK_TRUE(fan.is_on());
}

TEST(RealtimeLoop, an_acknowledgement_of_what_is_not_raised_is_nothing) {
  run({boiler_channel()});
  CHECK_TRUE(crossings->acknowledgements.try_push(hand.alert("hot")));
  CHECK_TRUE(crossings->acknowledgements.try_push(AlertId{4'000}));
  CHECK_EQUAL(0U, loop->step(first_tick).alerts);
  CHECK_EQUAL(0U, crossings->acknowledgements.size());
}

TEST(RealtimeLoop, takes_a_new_plan_over_between_two_ticks) {
  run({boiler_channel()});
  static_cast<void>(loop->step(first_tick));
  reload({tank_channel()});
  static_cast<void>(loop->step(Instant(seconds(101))));
  CHECK_EQUAL(1, boiler.reads);
  CHECK_EQUAL(1, tank.reads);
}

TEST(RealtimeLoop, gives_the_old_plan_back) {
  run({boiler_channel()});
  reload({tank_channel()});
  POINTERS_EQUAL(nullptr, plans->collect().get());
  static_cast<void>(loop->step(start));
  const std::unique_ptr<Plan> old = plans->collect();
  CHECK_TRUE(old != nullptr);
  CHECK_TRUE(old->find(hand.channel("boiler")) != nullptr);
}

TEST(RealtimeLoop, no_tick_is_lost_or_doubled_over_reloads) {
  run({boiler_channel()}, 256);
  Instant next = loop->step(start).next;
  // Reloads at every place between two ticks, and exactly at them.
  for (int i = 0; i < 40; ++i) {
    reload({boiler_channel()});
    const Instant between = next - milliseconds(25 * i);
    if (i % 3 != 0 && between > start) static_cast<void>(loop->step(between));
    next = loop->step(next).next;
    CHECK_TRUE(plans->collect() != nullptr);
  }
  const std::vector<Reading> all = readings();
  CHECK_EQUAL(40U, all.size());
  for (std::size_t i = 1; i < all.size(); ++i) {
    CHECK_TRUE(all[i].time == Instant(seconds(100 + static_cast<int>(i))));
  }
  CHECK_EQUAL(0U, status().ticks_missed);
}

TEST(RealtimeLoop, a_tick_that_waits_while_a_reload_comes_is_served) {
  run({boiler_channel()});
  static_cast<void>(loop->step(first_tick));
  reload({boiler_channel()});
  static_cast<void>(loop->step(Instant(milliseconds(101'700))));
  CHECK_TRUE(readings()[1].time == Instant(seconds(101)));
}

TEST(RealtimeLoop, a_raised_alert_outlives_a_reload) {
  run({boiler_channel()});
  boiler.sample.value = 90.0;
  static_cast<void>(loop->step(first_tick));
  static_cast<void>(alerts(crossings->alerts));
  reload({boiler_channel(), tank_channel()});
  static_cast<void>(loop->step(Instant(seconds(101))));
  CHECK_EQUAL(0U, alerts(crossings->alerts).size());
  CHECK_TRUE(fan.is_on());
  boiler.sample.value = 20.0;
  static_cast<void>(loop->step(Instant(seconds(102))));
  CHECK_TRUE(alerts(crossings->alerts)[0].change == AlertChange::kCleared);
}

TEST(RealtimeLoop, a_reload_without_the_rule_clears_its_alert) {
  run({boiler_channel()});
  boiler.sample.value = 90.0;
  static_cast<void>(loop->step(first_tick));
  static_cast<void>(alerts(crossings->alerts));
  reload({{spec_of("boiler", seconds(1)), &boiler}});
  CHECK_EQUAL(1U, loop->step(Instant(milliseconds(100'500))).alerts);
  CHECK_TRUE(alerts(crossings->alerts)[0].change == AlertChange::kCleared);
  CHECK_TRUE(crossings->alert_board.read(hand.alert("hot")).change == AlertChange::kCleared);
  CHECK_EQUAL(0U, status().alerts_active);
  CHECK_FALSE(fan.is_on());
}
