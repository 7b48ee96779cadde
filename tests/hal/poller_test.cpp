#include "hal/poller.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/hal/log_capture.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// What the test lets a source say, and when it was asked.
struct Source {
  std::optional<ErrorCode> error;
  double value = 1.0;
  std::vector<Instant> asked;
};

class SourceProbe final : public Probe {
 public:
  explicit SourceProbe(Source& source) : source_(source) {}
  Result<double> measure(Instant now) override {
    source_.asked.push_back(now);
    if (source_.error) return Error{*source_.error, "the bus is silent"};
    return source_.value;
  }

 private:
  Source& source_;
};

class CountingActuator final : public Actuator {
 public:
  void set(bool, Instant) noexcept override {}
  void work(Instant) override { ++worked; }
  int worked = 0;
};

}  // namespace

TEST_GROUP(Poller) {
  Source source;
  SourceProbe probe{source};
  Mailbox mailbox;
  CountingActuator actuator;
  Poller poller;
  LogCapture log;
  const Instant start{seconds(1000)};

  void poll_every(Duration period) {
    poller.add({.channel = "boiler", .probe = &probe, .mailbox = &mailbox, .period = period});
  }
  void lose_source(ErrorCode code) {
    source.error = code;
  }
  void regain_source() {
    source.error.reset();
  }
  Quality quality() const {
    return mailbox.read().sample.quality;
  }
  void check_log(std::size_t lines, const std::string& last) {
    LONGS_EQUAL(lines, log.lines.size());
    STRCMP_EQUAL(last.c_str(), log.lines.back().c_str());
  }
};

TEST(Poller, measures_a_new_probe_at_once) {
  poll_every(seconds(60));
  poller.step(start);
  const Post post = mailbox.read();
  CHECK_TRUE(post.taken == start);
  DOUBLES_EQUAL(1.0, post.sample.value, 0.0);
  LONGS_EQUAL(Quality::kGood, post.sample.quality);
}

TEST(Poller, measures_a_probe_only_when_it_is_due) {
  poll_every(seconds(1));
  poller.step(start);
  poller.step(start + milliseconds(999));
  LONGS_EQUAL(1, source.asked.size());
  poller.step(start + milliseconds(1000));
  LONGS_EQUAL(2, source.asked.size());
}

TEST(Poller, returns_the_next_deadline) {
  poll_every(milliseconds(50));
  CHECK_TRUE(poller.step(start) == start + milliseconds(50));
  CHECK_TRUE(poller.step(start + milliseconds(20)) == start + milliseconds(50));
}

TEST(Poller, keeps_to_the_grid_when_it_is_late) {
  poll_every(milliseconds(50));
  poller.step(start);
  CHECK_TRUE(poller.step(start + milliseconds(70)) == start + milliseconds(100));
}

TEST(Poller, skips_missed_deadlines_instead_of_catching_up) {
  poll_every(milliseconds(50));
  poller.step(start);
  const Instant late = start + seconds(10) + milliseconds(1);
  CHECK_TRUE(poller.step(late) == start + seconds(10) + milliseconds(50));
  poller.step(late + milliseconds(1));
  LONGS_EQUAL(2, source.asked.size());
}

TEST(Poller, never_asks_for_a_long_sleep) {
  CHECK_TRUE(poller.step(start) == start + Poller::kWorkPeriod);
  poll_every(std::chrono::hours(1));
  CHECK_TRUE(poller.step(start + milliseconds(1)) == start + Poller::kWorkPeriod);
}

TEST(Poller, posts_a_fault_when_a_probe_fails) {
  poll_every(seconds(1));
  for (const ErrorCode code : {ErrorCode::kTimeout, ErrorCode::kUnavailable, ErrorCode::kCorrupt}) {
    lose_source(code);
    poller.step(source.asked.empty() ? start : source.asked.back() + seconds(1));
    LONGS_EQUAL(Quality::kFault, quality());
  }
}

TEST(Poller, posts_missing_when_a_source_is_absent) {
  poll_every(seconds(1));
  lose_source(ErrorCode::kNotFound);
  poller.step(start);
  LONGS_EQUAL(Quality::kMissing, quality());
}

TEST(Poller, posts_good_again_when_a_source_is_back) {
  poll_every(seconds(1));
  lose_source(ErrorCode::kTimeout);
  poller.step(start);
  regain_source();
  poller.step(start + seconds(1));
  LONGS_EQUAL(Quality::kGood, quality());
}

TEST(Poller, goes_on_with_other_probes_when_one_fails) {
  Source other;
  SourceProbe other_probe{other};
  Mailbox other_mailbox;
  poll_every(seconds(1));
  poller.add(
      {.channel = "other", .probe = &other_probe, .mailbox = &other_mailbox, .period = seconds(1)});
  lose_source(ErrorCode::kTimeout);
  poller.step(start);
  LONGS_EQUAL(Quality::kGood, other_mailbox.read().sample.quality);
}

TEST(Poller, says_nothing_of_a_source_that_answers) {
  poll_every(seconds(1));
  poller.step(start);
  poller.step(start + seconds(1));
  LONGS_EQUAL(0, log.lines.size());
}

TEST(Poller, says_once_that_a_source_was_lost) {
  poll_every(seconds(1));
  lose_source(ErrorCode::kTimeout);
  for (int second = 0; second < 100; ++second) poller.step(start + seconds(second));
  check_log(1, "channel boiler: the bus is silent");
  CHECK_TRUE(log.levels.front() == LogLevel::kWarning);
}

TEST(Poller, says_once_that_a_source_is_back) {
  poll_every(seconds(10));
  lose_source(ErrorCode::kTimeout);
  poller.step(start);
  regain_source();
  for (int second = 10; second < 100; ++second) poller.step(start + seconds(second));
  check_log(2, "channel boiler: its source answers again");
}

TEST(Poller, does_not_flood_the_log_with_a_source_that_flaps) {
  poll_every(seconds(1));
  for (int second = 0; second < 100; ++second) {
    if (second % 2 == 0) lose_source(ErrorCode::kTimeout);
    if (second % 2 == 1) regain_source();
    poller.step(start + seconds(second));
  }
  CHECK_TRUE(log.lines.size() <= 10);
}

TEST(Poller, says_the_last_state_of_a_source_that_flapped) {
  poll_every(seconds(1));
  lose_source(ErrorCode::kTimeout);
  poller.step(start);
  regain_source();
  poller.step(start + seconds(1));
  LONGS_EQUAL(1, log.lines.size());
  poller.step(start + Poller::kLogPeriod);
  check_log(2, "channel boiler: its source answers again");
}

TEST(Poller, lets_actuators_work_some_times_a_second) {
  poller.add(actuator);
  for (int step = 0; step < 1000; ++step) poller.step(start + milliseconds(step));
  LONGS_EQUAL(seconds(1) / Poller::kWorkPeriod, actuator.worked);
}
