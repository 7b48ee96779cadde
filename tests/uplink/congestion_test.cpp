#include "uplink/congestion.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A link that serves one batch after the other at a fixed rate, and answers each a fixed time after
// it is through.
struct MadeLink {
  double bytes_per_second;
  Duration delay;

  struct Waiting {
    CongestionControl::Flight flight;
    Instant answered;
  };
  std::deque<Waiting> waiting;
  Instant free_at;
  std::uint64_t served = 0;
  Duration longest_queue{};

  void send(CongestionControl& control, std::size_t bytes, Instant now) {
    const auto takes = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(static_cast<double>(bytes) / bytes_per_second));
    free_at = std::max(free_at, now) + takes;
    longest_queue = std::max(longest_queue, free_at - now);
    waiting.push_back({control.sent(bytes, now), free_at + delay});
  }
  void answer(CongestionControl& control, Instant now) {
    while (!waiting.empty() && waiting.front().answered <= now) {
      control.acknowledged(waiting.front().flight, waiting.front().answered);
      served += waiting.front().flight.bytes;
      waiting.pop_front();
    }
  }
};

}  // namespace

TEST_GROUP(CongestionControl) {
  CongestionControl control{{}};
  Instant now = instant_from_ns(0) + seconds(1000);

  void fill(MadeLink & link) {
    while (const std::size_t bytes = control.allowance()) link.send(control, bytes, now);
  }
  // With always more to send, looked after every so often; false when it came to a stop.
  void drive(MadeLink & link, Duration time, Duration every) {
    for (const Instant end = now + time; now < end; now += every) {
      link.answer(control, now);
      fill(link);
    }
  }
  static double share_used(const MadeLink& link, std::uint64_t served, Duration time) {
    return static_cast<double>(served) / link.bytes_per_second / to_seconds(time);
  }
};

TEST(CongestionControl, begins_with_little) {
  MadeLink link{1e6, milliseconds(100), {}, {}};
  fill(link);
  CHECK_TRUE(control.bytes_in_flight() >= 1024);
  CHECK_TRUE(control.bytes_in_flight() <= CongestionControl::kFirstWindow);
}

// Live readings of an idle link: each batch is answered twice, whatever its size.
TEST(CongestionControl, what_comes_after_a_quiet_time_may_go_as_one) {
  CHECK_TRUE(control.allowance() < control.window());
  control.ran_dry();
  CHECK_TRUE(control.allowance() == control.window());
  static_cast<void>(control.sent(600, now));
  CHECK_TRUE(control.allowance() < control.window());
}

TEST(CongestionControl, fills_links_of_every_speed_without_queues_of_seconds) {
  const std::vector<MadeLink> links = {
      {960, milliseconds(300), {}, {}},    // 9,600 bit/s
      {8e3, milliseconds(600), {}, {}},    // 64 kbit/s by satellite
      {125e3, milliseconds(60), {}, {}},   // 1 Mbit/s
      {1.25e6, milliseconds(20), {}, {}},  // 10 Mbit/s
      {12.5e6, milliseconds(5), {}, {}},   // 100 Mbit/s, to a collector that commits quickly
  };
  for (MadeLink link : links) {
    control.reset({});
    drive(link, seconds(60), milliseconds(1));
    const std::uint64_t before = link.served;
    link.longest_queue = {};
    drive(link, seconds(300), milliseconds(1));
    CHECK_TRUE(share_used(link, link.served - before, seconds(300)) > 0.85);
    CHECK_TRUE(link.longest_queue < seconds(5));
  }
}

TEST(CongestionControl, the_first_batches_of_a_slow_link_do_not_queue_either) {
  MadeLink link{960, milliseconds(300), {}, {}};
  drive(link, seconds(60), milliseconds(1));
  CHECK_TRUE(link.longest_queue < seconds(5));
}

TEST(CongestionControl, grows_to_a_fast_link_within_seconds) {
  MadeLink link{12.5e6, milliseconds(20), {}, {}};
  drive(link, seconds(2), milliseconds(1));
  CHECK_TRUE(control.window() > 256 * 1024);
  CHECK_TRUE(control.allowance() == 0 || control.allowance() > 16 * 1024);
}

TEST(CongestionControl, follows_a_link_that_gets_slower) {
  MadeLink link{125e3, milliseconds(50), {}, {}};
  drive(link, seconds(30), milliseconds(1));
  link.bytes_per_second = 2e3;
  drive(link, seconds(300), milliseconds(1));
  link.longest_queue = {};
  drive(link, seconds(60), milliseconds(1));
  CHECK_TRUE(link.longest_queue < seconds(5));
}

TEST(CongestionControl, follows_a_link_that_gets_faster) {
  MadeLink link{2e3, milliseconds(50), {}, {}};
  drive(link, seconds(30), milliseconds(1));
  link.bytes_per_second = 125e3;
  drive(link, seconds(60), milliseconds(1));
  const std::uint64_t before = link.served;
  drive(link, seconds(60), milliseconds(1));
  CHECK_TRUE(share_used(link, link.served - before, seconds(60)) > 0.85);
}

TEST(CongestionControl, little_to_send_does_not_open_the_window) {
  MadeLink link{125e3, milliseconds(50), {}, {}};
  const std::size_t before = control.window();
  for (int i = 0; i < 1000; ++i) {
    control.ran_dry();
    link.answer(control, now);
    if (control.allowance() > 0) link.send(control, 100, now);
    now += seconds(1);
  }
  CHECK_TRUE(control.window() == before);
}

TEST(CongestionControl, tells_the_rate) {
  MadeLink link{20e3, milliseconds(50), {}, {}};
  drive(link, seconds(60), milliseconds(1));
  CHECK_TRUE(control.rate() > 15e3 && control.rate() < 25e3);
}

TEST(CongestionControl, little_waits_on_a_slow_link_to_a_collector_that_answers_late) {
  MadeLink link{960, seconds(3), {}, {}};
  drive(link, seconds(300), milliseconds(10));
  CHECK_TRUE(link.longest_queue < seconds(5));
}

// Each answer takes its own time and overtakes others, as behind several brokers.
TEST(CongestionControl, fills_a_path_whose_answers_take_now_long_and_now_short) {
  constexpr double kBytesPerSecond = 50e3;
  std::multimap<Instant, CongestionControl::Flight> answers;
  std::mt19937_64 chance(1);
  Instant free_at = now;
  std::uint64_t served = 0;
  for (const Instant end = now + seconds(300); now < end; now += milliseconds(10)) {
    while (!answers.empty() && answers.begin()->first <= now) {
      served += answers.begin()->second.bytes;
      control.acknowledged(answers.begin()->second, now);
      answers.erase(answers.begin());
    }
    while (const std::size_t bytes = control.allowance()) {
      free_at =
          std::max(free_at, now) +
          Duration(static_cast<std::int64_t>(static_cast<double>(bytes) / kBytesPerSecond * 1e9));
      const auto delay = milliseconds(200 + static_cast<std::int64_t>(chance() % 3'000));
      answers.emplace(free_at + delay, control.sent(bytes, now));
    }
  }
  CHECK_TRUE(static_cast<double>(served) > 0.6 * kBytesPerSecond * 300);
}

TEST(CongestionControl, follows_a_way_that_gets_longer) {
  MadeLink link{125e3, milliseconds(50), {}, {}};
  drive(link, seconds(30), milliseconds(1));
  link.delay = milliseconds(500);
  drive(link, seconds(120), milliseconds(1));
  const std::uint64_t before = link.served;
  drive(link, seconds(120), milliseconds(1));
  CHECK_TRUE(share_used(link, link.served - before, seconds(120)) > 0.85);
}

TEST(CongestionControl, begins_small_again_after_a_loss) {
  MadeLink link{125e3, milliseconds(50), {}, {}};
  drive(link, seconds(30), milliseconds(1));
  CHECK_TRUE(control.window() > CongestionControl::kFirstWindow);
  for (const auto& waiting : link.waiting) control.lost(waiting.flight);
  CHECK_TRUE(control.bytes_in_flight() == 0);
  CHECK_TRUE(control.window() == CongestionControl::kFirstWindow);
}

TEST(CongestionControl, never_more_batches_than_allowed) {
  MadeLink link{12.5e6, milliseconds(200), {}, {}};
  drive(link, seconds(20), milliseconds(1));
  CHECK_TRUE(link.waiting.size() <= 8);
  CHECK_TRUE(control.allowance() <= 64 * 1024);
}

TEST(CongestionControl, forgotten_batches_leave_room) {
  const auto flight = control.sent(2048, now);
  CHECK_TRUE(control.allowance() == 0);
  control.forget(flight);
  CHECK_TRUE(control.allowance() > 0);
}

}  // namespace sluice::uplink
