#include "hal/poller.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "tests/hal/scripted_probe.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

class CountingActuator final : public Actuator {
 public:
  void set(bool, Instant) noexcept override {}
  void work(Instant) override { ++worked; }
  Duration work_every() const override { return every; }
  void retire() override { ++retired; }
  int worked = 0;
  int retired = 0;
  Duration every = Poller::kWorkPeriod;
};

// Has something to say while there is something in its pipe.
class TalkativeProbe final : public Probe {
 public:
  TalkativeProbe() { CHECK(pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) == 0); }
  ~TalkativeProbe() override {
    for (const int end : ends_) close(end);
  }
  Result<double> measure(Instant) override { return 1.0; }
  int wakes_by() const override { return silent ? -1 : ends_[0]; }
  void attend() override {
    ++attended;
    char word = 0;
    while (read(ends_[0], &word, 1) == 1) {
    }
  }
  void say() { CHECK(write(ends_[1], "x", 1) == 1); }

  bool silent = false;
  int attended = 0;

 private:
  std::array<int, 2> ends_{};
};

// Stands still but for who sleeps.
class SleptClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  WallTime wall() const override { return {}; }
  WallTrust wall_trust() const override { return {}; }
  void sleep_until(Instant deadline) override { now_ = std::max(now_, deadline); }

 private:
  Instant now_{seconds(1000)};
};

}  // namespace

TEST_GROUP(Poller) {
  ScriptedChannel boiler{seconds(1)};
  ScriptedChannel tank{seconds(1)};
  CountingActuator actuator;
  const Instant start{seconds(1000)};

  // All that is due at `now`; returns when more is.
  static Instant run(Poller & poller, Instant now) {
    Instant next = now;
    while (next <= now) next = poller.step(now);
    return next;
  }
};

TEST(Poller, measures_new_probes_at_once) {
  Poller poller({{&boiler.polled, &tank.polled}, {}});
  run(poller, start);
  CHECK_TRUE(boiler.quality() == Quality::kGood);
  CHECK_TRUE(tank.quality() == Quality::kGood);
}

TEST(Poller, measures_one_probe_a_step_and_wants_to_go_on_at_once) {
  Poller poller({{&boiler.polled, &tank.polled}, {}});
  CHECK_TRUE(poller.step(start) == start);
  CHECK_EQUAL(1U, boiler.source.asked.size() + tank.source.asked.size());
}

TEST(Poller, judges_a_read_by_the_time_of_the_next_step) {
  Poller poller({{&boiler.polled}, {}});
  poller.step(start);
  poller.step(start + milliseconds(1'001));
  CHECK_TRUE(boiler.quality() == Quality::kFault);
  CHECK_EQUAL(1U, boiler.polled.standing().timeouts);
}

TEST(Poller, measures_a_probe_only_when_it_is_due) {
  Poller poller({{&boiler.polled}, {}});
  run(poller, start);
  run(poller, start + milliseconds(999));
  CHECK_EQUAL(1U, boiler.source.asked.size());
  run(poller, start + seconds(1));
  CHECK_EQUAL(2U, boiler.source.asked.size());
}

TEST(Poller, takes_the_probe_first_that_waits_for_longest) {
  ScriptedChannel quick{milliseconds(10)};
  Poller poller({{&quick.polled, &boiler.polled}, {}});
  run(poller, start);
  // A hundred deadlines of one have passed, and one of the other.
  Instant now = start + milliseconds(1'005);
  poller.step(now);
  CHECK_EQUAL(2U, quick.source.asked.size());
  poller.step(now += milliseconds(1));
  CHECK_EQUAL(2U, boiler.source.asked.size());
}

TEST(Poller, returns_the_next_deadline) {
  ScriptedChannel quick{milliseconds(50)};
  Poller poller({{&quick.polled}, {}});
  CHECK_TRUE(run(poller, start) == start + milliseconds(50));
  CHECK_TRUE(run(poller, start + milliseconds(20)) == start + milliseconds(50));
}

TEST(Poller, never_asks_for_a_long_sleep) {
  ScriptedChannel slow{std::chrono::hours(1)};
  Poller idle(Work{});
  CHECK_TRUE(idle.step(start) == start + Poller::kWorkPeriod);
  Poller poller({{&slow.polled}, {}});
  CHECK_TRUE(run(poller, start) == start + Poller::kWorkPeriod);
}

TEST(Poller, listens_to_its_probes_between_their_measurements) {
  ScriptedChannel slow{std::chrono::hours(1)};
  Poller poller({{&slow.polled}, {}});
  Instant now = start;
  for (int i = 0; i < 10; ++i) now = run(poller, now);
  CHECK_EQUAL(10, slow.source.listened_to);
  CHECK_EQUAL(1U, slow.source.asked.size());
}

TEST(Poller, goes_on_with_other_probes_when_one_fails) {
  Poller poller({{&boiler.polled, &tank.polled}, {}});
  boiler.source.error = ErrorCode::kTimeout;
  run(poller, start);
  CHECK_TRUE(boiler.quality() == Quality::kFault);
  CHECK_TRUE(tank.quality() == Quality::kGood);
}

TEST(Poller, asks_a_probe_again_before_it_sleeps) {
  Poller poller({{&boiler.polled}, {}});
  boiler.source.error = ErrorCode::kUnavailable;
  CHECK_TRUE(run(poller, start) > start);
  CHECK_EQUAL(3U, boiler.source.asked.size());
}

TEST(Poller, settles_what_the_poller_before_it_measured) {
  Poller before({{&boiler.polled}, {}});
  before.step(start);
  Poller after({{&boiler.polled}, {}});
  after.step(start + milliseconds(1));
  CHECK_TRUE(boiler.quality() == Quality::kGood);
  CHECK_EQUAL(1U, boiler.source.asked.size());
}

TEST(Poller, keeps_a_fleet_that_is_gone_cheap) {
  std::vector<std::unique_ptr<ScriptedChannel>> channels;
  Work work;
  for (int i = 0; i < 200; ++i) {
    channels.push_back(std::make_unique<ScriptedChannel>(milliseconds(100)));
    channels.back()->source.error = ErrorCode::kNotFound;
    work.probes.push_back(&channels.back()->polled);
  }
  Poller poller(work);
  for (Instant now = start; now < start + seconds(600);) now = run(poller, now);
  std::size_t reads = 0;
  for (const auto& channel : channels) reads += channel->source.asked.size();
  // Each every 30 s once it has been gone for a minute, not ten times a second.
  CHECK_TRUE(reads < 200U * 40U);
}

TEST(Poller, lets_actuators_work_some_times_a_second) {
  Poller poller({{}, {&actuator}});
  for (int step = 0; step < 1000; ++step) poller.step(start + milliseconds(step));
  LONGS_EQUAL(seconds(1) / Poller::kWorkPeriod, actuator.worked);
}

TEST(Poller, lets_actuators_work_as_often_as_one_of_them_wants) {
  CountingActuator quick;
  quick.every = milliseconds(10);
  Poller poller({{}, {&actuator, &quick}});
  for (int step = 0; step < 1000; ++step) {
    const Instant now = start + milliseconds(step);
    CHECK_TRUE(poller.step(now) <= now + quick.every);
  }
  LONGS_EQUAL(100, quick.worked);
}

TEST(Poller, lets_go_of_the_actuators_that_its_heir_does_not_have) {
  CountingActuator stays;
  Poller poller({{}, {&actuator, &stays}});
  const Poller heir({{}, {&stays}});
  poller.retire(&heir);
  CHECK_EQUAL(1, actuator.retired);
  CHECK_EQUAL(0, stays.retired);
  poller.retire(nullptr);
  CHECK_EQUAL(1, stays.retired);
}

TEST_GROUP(PollerWait) {
  SleptClock clock;
  const Instant start = clock.now();
  std::unique_ptr<TalkativeProbe> made = std::make_unique<TalkativeProbe>();
  TalkativeProbe* const probe = made.get();
  PolledSensor sensor{seconds(2), seconds(3)};
  PolledProbe polled{std::move(made), sensor, {.period = seconds(1), .limit = seconds(1)}};
  Poller poller{{{&polled}, {}}};
};

TEST(PollerWait, attends_to_a_probe_that_has_something_to_say) {
  probe->say();
  poller.wait(start + seconds(1), clock);
  CHECK_EQUAL(1, probe->attended);
  CHECK_TRUE(clock.now() == start);
}

TEST(PollerWait, attends_to_none_too_often) {
  for (int round = 0; round < 11; ++round) {
    probe->say();
    poller.wait(start + seconds(1), clock);
  }
  CHECK_EQUAL(11, probe->attended);
  CHECK_TRUE(clock.now() == start + 10 * Poller::kAttendEvery);
}

TEST(PollerWait, does_not_stay_longer_than_it_may) {
  probe->say();
  poller.wait(start + seconds(1), clock);
  probe->say();
  poller.wait(start + Poller::kAttendEvery / 2, clock);
  CHECK_TRUE(clock.now() == start + Poller::kAttendEvery / 2);
}

TEST(PollerWait, sleeps_when_none_has_anything_to_say) {
  probe->silent = true;
  probe->say();
  poller.wait(start + seconds(1), clock);
  CHECK_EQUAL(0, probe->attended);
  CHECK_TRUE(clock.now() == start + seconds(1));
}

TEST(PollerWait, comes_back_at_once_when_it_is_late) {
  poller.wait(start - seconds(1), clock);
  CHECK_EQUAL(0, probe->attended);
  CHECK_TRUE(clock.now() == start);
}

TEST(Poller, keeps_probes_due_together_that_began_together) {
  Poller poller({{&boiler.polled, &tank.polled}, {}});
  // The first read takes its time, so that the second begins later.
  poller.step(start);
  poller.step(start + milliseconds(90));
  run(poller, start + milliseconds(100));
  CHECK_TRUE(boiler.polled.due() == start + seconds(1));
  CHECK_TRUE(tank.polled.due() == start + seconds(1));
}

TEST(Poller, listens_to_probes_before_it_measures) {
  Poller poller({{&boiler.polled, &tank.polled}, {}});
  poller.step(start);
  CHECK_EQUAL(1, boiler.source.listened_to);
  CHECK_EQUAL(1, tank.source.listened_to);
  CHECK_TRUE(boiler.source.period == seconds(1));
}
