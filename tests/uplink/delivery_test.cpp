#include "uplink/delivery.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "tests/uplink/fake_link.hpp"
#include "tests/uplink/fake_outbox.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr RunId kRun{{1}};
constexpr RunId kOldRun{{2}};

}  // namespace

TEST_GROUP(Delivery) {
  FakeLink link;
  FakeOutbox outbox;
  Options options{.gateway = "gw"};
  LinkPolicy policy{{}, {}};
  Delivery delivery{options, link, outbox, policy};
  Instant now = instant_from_ns(0) + seconds(1000);

  void setup() override {
    delivery.link_up({});
  }

  void add(Stream stream, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t seq = first; seq <= last; ++seq) outbox.add(kRun, stream, seq);
  }
  // Steps, and gives the seqs that were sent by it, in order.
  std::vector<std::uint64_t> sent() {
    delivery.step(now);
    std::vector<std::uint64_t> seqs;
    for (const Published& one : link.published) {
      for (const std::uint64_t seq : seqs_in(one.payload)) seqs.push_back(seq);
    }
    link.published.clear();
    return seqs;
  }
  void ack(std::uint64_t first, std::uint64_t last, Stream stream = Stream::kRaw,
           const RunId& run = kRun) {
    delivery.acknowledged({run, stream, {{first, last, 0}}, {}}, now);
  }
  void take_all() {
    for (std::uint32_t token = 1; token <= link.last_token; ++token) {
      static_cast<void>(delivery.taken({token, false}));
    }
  }
  static void expect(const std::vector<std::uint64_t>& expected,
                     const std::vector<std::uint64_t>& actual) {
    std::string wanted;
    std::string got;
    for (const std::uint64_t seq : expected) wanted += std::to_string(seq) + " ";
    for (const std::uint64_t seq : actual) got += std::to_string(seq) + " ";
    STRCMP_EQUAL(wanted.c_str(), got.c_str());
  }
};

TEST(Delivery, sends_nothing_while_the_link_is_down) {
  add(Stream::kRaw, 1, 1);
  delivery.link_down();
  expect({}, sent());
}

TEST(Delivery, publishes_to_the_topic_of_gateway_and_stream) {
  add(Stream::kEvent, 1, 1);
  delivery.step(now);
  STRCMP_EQUAL("sluice/v1/gw/up/event", link.published.at(0).topic.c_str());
  CHECK(link.published.at(0).retain == Retain::kNo);
}

TEST(Delivery, keeps_no_more_under_way_than_the_window) {
  add(Stream::kRaw, 1, 20);
  expect({1, 2, 3, 4, 5, 6, 7, 8}, sent());
  expect({}, sent());
  LONGS_EQUAL(8, delivery.counters().in_flight);
}

TEST(Delivery, is_not_moved_on_by_the_broker) {
  add(Stream::kRaw, 1, 20);
  sent();
  take_all();
  expect({}, sent());
  CHECK(outbox.acks.empty());
  LONGS_EQUAL(20, outbox.pending.size());
}

TEST(Delivery, counts_a_refusal_and_keeps_the_batch) {
  add(Stream::kRaw, 1, 1);
  sent();
  CHECK(delivery.taken({link.last_token, true}));
  LONGS_EQUAL(1, delivery.counters().batches_refused);
  LONGS_EQUAL(1, delivery.counters().in_flight);
  now += seconds(30);
  expect({1}, sent());
}

TEST(Delivery, looks_again_into_a_lane_when_chunks_have_come_into_it_from_behind) {
  add(Stream::kRaw, 1, 2);
  outbox.pending[1].lane = Lane::kRequested;
  static_cast<void>(sent());
  ack(1, 2);
  outbox.add(kRun, Lane::kRequested, 4);
  outbox.pending.push_back({1, kRun, Stream::kRaw, 9, Lane::kRequested});
  expect({4}, sent());
  delivery.look_again(Lane::kRequested);
  // What is under way would be sent twice.
  expect({}, sent());
  ack(4, 4);
  // Storage has to be given the time to remove it.
  expect({}, sent());
  now += milliseconds(200);
  expect({9}, sent());
}

TEST(Delivery, knows_the_tokens_of_its_own_batches_only) {
  add(Stream::kRaw, 1, 1);
  sent();
  CHECK_FALSE(delivery.taken({link.last_token + 1, false}));
}

TEST(Delivery, frees_the_slots_that_an_acknowledgement_covers) {
  add(Stream::kRaw, 1, 20);
  sent();
  ack(1, 3);
  expect({9, 10, 11}, sent());
}

TEST(Delivery, frees_a_slot_that_a_gap_resolved) {
  add(Stream::kRaw, 1, 9);
  sent();
  delivery.acknowledged({kRun, Stream::kRaw, {}, {{1, 1, 0}}}, now);
  expect({9}, sent());
}

TEST(Delivery, takes_acknowledgements_in_any_order_and_any_number) {
  add(Stream::kRaw, 1, 20);
  sent();
  ack(5, 5);
  ack(2, 2);
  ack(5, 5);
  expect({9, 10}, sent());
}

TEST(Delivery, a_stale_acknowledgement_frees_nothing) {
  add(Stream::kRaw, 1, 20);
  sent();
  ack(1, 8);
  sent();
  ack(1, 4);
  expect({}, sent());
  LONGS_EQUAL(8, delivery.counters().in_flight);
}

TEST(Delivery, an_acknowledgement_of_another_run_frees_nothing) {
  add(Stream::kRaw, 1, 20);
  sent();
  ack(1, 8, Stream::kRaw, kOldRun);
  expect({}, sent());
}

TEST(Delivery, an_acknowledgement_of_another_stream_frees_nothing) {
  add(Stream::kRaw, 1, 20);
  sent();
  ack(1, 8, Stream::kEvent);
  expect({}, sent());
}

TEST(Delivery, passes_every_acknowledgement_on_to_storage) {
  ack(1, 8, Stream::kRaw, kOldRun);
  LONGS_EQUAL(1, outbox.acks.size());
  LONGS_EQUAL(1, delivery.counters().acks_passed_on);
}

TEST(Delivery, frees_nothing_when_storage_is_behind) {
  add(Stream::kRaw, 1, 20);
  sent();
  outbox.behind = true;
  ack(1, 8);
  expect({}, sent());
  LONGS_EQUAL(1, delivery.counters().acks_put_off);
}

TEST(Delivery, half_an_acknowledged_batch_keeps_its_slot) {
  outbox.chunks_per_parcel = 2;
  add(Stream::kRaw, 1, 2);
  sent();
  ack(1, 1);
  LONGS_EQUAL(1, delivery.counters().in_flight);
  now += seconds(30);
  expect({2}, sent());
}

TEST(Delivery, sends_events_before_rollups_before_raw) {
  add(Stream::kRaw, 1, 1);
  add(Stream::kRollup, 2, 2);
  add(Stream::kEvent, 3, 3);
  expect({3, 2, 1}, sent());
}

TEST(Delivery, an_event_overtakes_the_raw_that_waits) {
  add(Stream::kRaw, 1, 20);
  sent();
  add(Stream::kEvent, 100, 100);
  ack(1, 1);
  expect({100}, sent());
}

TEST(Delivery, sends_again_only_after_the_timeout) {
  add(Stream::kRaw, 1, 1);
  sent();
  now += seconds(30) - Duration(1);
  expect({}, sent());
  now += Duration(1);
  expect({1}, sent());
  LONGS_EQUAL(1, delivery.counters().batches_resent);
}

TEST(Delivery, doubles_the_timeout_up_to_its_end) {
  add(Stream::kRaw, 1, 1);
  sent();
  for (const Duration timeout : {seconds(30), seconds(60), seconds(120), seconds(240), seconds(480),
                                 seconds(600), seconds(600)}) {
    now += timeout - Duration(1);
    expect({}, sent());
    now += Duration(1);
    expect({1}, sent());
  }
}

TEST(Delivery, a_sign_of_life_ends_the_long_waits) {
  add(Stream::kRaw, 1, 1);
  sent();
  for (const Duration timeout : {seconds(30), seconds(60), seconds(120), seconds(240)}) {
    now += timeout;
    sent();
  }
  now += seconds(31);
  expect({}, sent());
  ack(7, 7, Stream::kEvent);
  expect({1}, sent());
}

TEST(Delivery, waits_four_round_trips_on_a_slow_path) {
  add(Stream::kRaw, 1, 1);
  sent();
  now += seconds(20);
  ack(1, 1);
  CHECK(delivery.counters().round_trip == seconds(20));
  add(Stream::kRaw, 2, 2);
  sent();
  now += seconds(80) - Duration(1);
  expect({}, sent());
  now += Duration(1);
  expect({2}, sent());
}

TEST(Delivery, does_not_measure_what_was_sent_twice) {
  add(Stream::kRaw, 1, 1);
  sent();
  now += seconds(30);
  sent();
  now += seconds(5);
  ack(1, 1);
  CHECK(delivery.counters().round_trip == Duration::zero());
}

TEST(Delivery, forgets_a_batch_that_was_settled_behind_its_back) {
  add(Stream::kRaw, 1, 1);
  sent();
  outbox.drop(1);
  now += seconds(30);
  expect({}, sent());
  LONGS_EQUAL(0, delivery.counters().in_flight);
}

TEST(Delivery, sends_everything_again_in_order_after_the_link_was_lost) {
  add(Stream::kRaw, 1, 10);
  add(Stream::kEvent, 50, 51);
  expect({50, 1, 51, 2, 3, 4, 5, 6}, sent());
  ack(3, 3);
  expect({7}, sent());
  delivery.link_down();
  LONGS_EQUAL(0, delivery.counters().in_flight);
  delivery.link_up({});
  expect({50, 1, 51, 2, 4, 5, 6, 7}, sent());
}

TEST(Delivery, alerts_go_first_and_beyond_the_window) {
  add(Stream::kRaw, 1, 20);
  sent();
  add(Stream::kEvent, 30, 30);
  outbox.add(kRun, Lane::kAlert, 31);
  expect({31}, sent());
  LONGS_EQUAL(9, delivery.counters().in_flight);
}

TEST(Delivery, even_alerts_are_bounded) {
  add(Stream::kRaw, 1, 20);
  for (std::uint64_t seq = 30; seq < 50; ++seq) outbox.add(kRun, Lane::kAlert, seq);
  sent();
  LONGS_EQUAL(options.batches_in_flight_max + Delivery::kAlertBatches,
              delivery.counters().in_flight);
}

TEST(Delivery, what_comes_now_does_not_wait_behind_an_outage) {
  add(Stream::kRaw, 1, 1000);
  delivery.link_up({});
  expect({1, 2, 3, 4, 5, 6, 7, 8}, sent());
  add(Stream::kRaw, 1001, 1001);
  ack(1, 1);
  expect({1001}, sent());
  ack(2, 2);
  expect({9}, sent());
}

TEST(Delivery, an_outage_is_filled_in_from_its_end_when_asked_to) {
  options.backlog = BacklogOrder::kNewestFirst;
  Delivery newest_first(options, link, outbox, policy);
  add(Stream::kRaw, 1, 20);
  newest_first.link_up({});
  newest_first.step(now);
  std::vector<std::uint64_t> seqs;
  for (const Published& one : link.published) seqs.push_back(seqs_in(one.payload).front());
  expect({20, 19, 18, 17, 16, 15, 14, 13}, seqs);
}

TEST(Delivery, no_more_bytes_are_under_way_than_the_link_takes) {
  outbox.chunks_per_parcel = 100;  // 800 bytes
  add(Stream::kRaw, 1, 50'000);
  std::vector<std::uint64_t> seqs = sent();
  LONGS_EQUAL(3, delivery.counters().in_flight);
  for (int round = 0; round < 10; ++round) {  // all that is under way is answered at once
    now += milliseconds(10);
    ack(1, seqs.back());
    seqs = sent();
  }
  LONGS_EQUAL(8, delivery.counters().in_flight);
  CHECK_TRUE(delivery.counters().bytes_per_second > 100'000);
}

TEST(Delivery, sends_what_the_link_is_allowed_to_carry) {
  LinkProfile events = unlimited_profile();
  events.name = "events";
  events.interfaces = {"*"};
  events.lanes = {};
  events.lanes[index_of(Lane::kEvent)] = true;
  policy = LinkPolicy({events}, {});
  policy.link_up("wwan0");
  add(Stream::kRaw, 1, 1);
  add(Stream::kEvent, 2, 2);
  outbox.add(kRun, Lane::kAlert, 3);
  expect({3, 2}, sent());
}

TEST(Delivery, sends_no_larger_batch_than_the_broker_takes) {
  delivery.link_up({.packet_bytes_max = 2'000, .receive_max = 3});
  outbox.add(kRun, Stream::kRaw, 1);
  expect({1}, sent());
  LONGS_EQUAL(976, outbox.asked_bytes);
}

TEST(Delivery, has_no_more_under_way_than_the_broker_takes) {
  delivery.link_up({.receive_max = 5});
  add(Stream::kRaw, 1, 10);
  for (std::uint64_t seq = 11; seq < 20; ++seq) outbox.add(kRun, Lane::kAlert, seq);
  LONGS_EQUAL(5, sent().size());
}

TEST(Delivery, slows_down_when_the_broker_has_no_room) {
  add(Stream::kRaw, 1, 200);
  for (int round = 0; round < 60; ++round) {
    const std::vector<std::uint64_t> seqs = sent();
    now += milliseconds(10);
    if (!seqs.empty()) ack(1, seqs.back());
  }
  const std::uint64_t window = delivery.counters().window_bytes;
  add(Stream::kRaw, 201, 201);
  expect({201}, sent());
  CHECK(delivery.taken({link.last_token, true, 0x87}));
  delivery.step(now);
  CHECK(delivery.counters().window_bytes == window);
  add(Stream::kRaw, 202, 202);
  expect({202}, sent());
  CHECK(delivery.taken({link.last_token, true, Taken::kQuotaExceeded}));
  delivery.step(now);
  CHECK(delivery.counters().window_bytes < window);
}

TEST(Delivery, tries_later_what_the_link_cannot_take_now) {
  add(Stream::kRaw, 1, 4);
  link.room = 2;
  expect({1, 2}, sent());
  link.room = 8;
  expect({3, 4}, sent());
}

TEST(Delivery, a_batch_that_the_link_refuses_does_not_block_the_rest) {
  add(Stream::kRaw, 1, 1);
  link.refuses = true;
  expect({}, sent());
  LONGS_EQUAL(1, delivery.counters().batches_refused);
  link.refuses = false;
  add(Stream::kRaw, 2, 2);
  expect({2}, sent());
  now += seconds(30);
  expect({1, 2}, sent());
}

TEST(Delivery, counts_a_failing_outbox_and_goes_on_later) {
  add(Stream::kRaw, 1, 1);
  outbox.failing = true;
  expect({}, sent());
  LONGS_EQUAL(1, delivery.counters().outbox_errors);
  outbox.failing = false;
  expect({1}, sent());
}

TEST(Delivery, an_acknowledgement_that_storage_refuses_strands_no_chunk) {
  add(Stream::kRaw, 1, 1);
  sent();
  outbox.believing = false;
  ack(1, 1);
  now += seconds(30);
  sent();  // finds nothing behind the cursors, and rewinds them
  expect({1}, sent());
}

TEST(Delivery, looks_from_the_start_again_at_most_once_a_timeout) {
  outbox.believing = false;
  add(Stream::kRaw, 1, 1);
  std::uint64_t sendings = 0;
  for (int second = 0; second < 300; ++second) {
    sendings += sent().size();
    ack(1, 1);
    now += seconds(1);
  }
  CHECK(sendings >= 9);
  CHECK(sendings <= 11);
}

// Whatever the path loses, repeats or reorders: everything is settled in the end, and nothing is
// removed that was not acknowledged.
TEST(Delivery, gets_everything_across_a_path_that_loses_and_repeats) {
  std::uint64_t random = 12345;
  const auto one_in = [&random](std::uint64_t n) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (random >> 33) % n == 0;
  };
  add(Stream::kRaw, 1, 200);
  IntervalSet collected;
  std::vector<Ack> on_the_way;
  for (int second = 0; second < 20'000 && !outbox.pending.empty(); ++second) {
    now += seconds(1);
    if (one_in(100)) {
      delivery.link_down();
      delivery.link_up({});
    }
    for (const std::uint64_t seq : sent()) {
      if (one_in(3)) continue;
      static_cast<void>(collected.insert(seq, 0));
      const std::span<const Interval> held = collected.intervals();
      on_the_way.push_back({kRun, Stream::kRaw, {held.begin(), held.end()}, {}});
    }
    if (!on_the_way.empty() && one_in(2)) {
      delivery.acknowledged(on_the_way.front(), now);
      if (!one_in(4)) on_the_way.erase(on_the_way.begin());
    }
    if (!on_the_way.empty() && one_in(3)) on_the_way.pop_back();
    CHECK(delivery.counters().in_flight <= options.batches_in_flight_max);
    CHECK(outbox.pending.size() + collected.count() >= 200);
  }
  LONGS_EQUAL(0, outbox.pending.size());
}

}  // namespace sluice::uplink
