#include "app/storage_service.hpp"

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/app/buffer.hpp"
#include "tests/app/link_state.hpp"
#include "tests/hal/process/log_capture.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(StorageService) {
  hal::LogCapture log;
  Buffer buffer;
  StorageService::Options options;
  std::unique_ptr<Crossings> crossings = std::make_unique<Crossings>(100);
  std::unique_ptr<StorageService> service;
  std::unique_ptr<Intruder> intruder;
  LoopStatus loop;
  bool losing = false;
  std::mt19937_64 random{1};
  const Instant start{seconds(1000)};
  Instant produced_until = start;

  void setup() override {
    options.store.path = buffer.path();
    options.seal = {seconds(1), seconds(30), 20};
    options.run = run_number(1);
    options.boot = kBoot;
    link_is(*crossings, true);
  }

  void open() {
    Result<StorageService> opened = StorageService::open(options, *crossings, start);
    CHECK_TRUE(opened.ok());
    service = std::make_unique<StorageService>(std::move(*opened));
  }
  void restart(std::size_t ring) {
    service.reset();
    crossings = std::make_unique<Crossings>(ring);
    link_is(*crossings, true);
    open();
  }
  void open_with_small_quota() {
    options.store.quota_bytes = 2 * 1024 * 1024;
    options.seal.seal_readings = 1'000;
    restart(1'000);
  }
  // As the loop does: one reading every 10 ms, counted when the ring is full.
  void produce(int count) {
    for (int i = 0; i < count; ++i) {
      produced_until += milliseconds(10);
      ++loop.readings;
      const Reading reading{produced_until, next_value(), ChannelId{0}, Quality::kGood};
      const bool kept = crossings->readings.try_push(reading);
      if (!kept) lose(produced_until, !losing);
      losing = !kept;
    }
    crossings->loop.publish(loop);
  }
  void lose(Instant stamp, bool new_episode) {
    Loss& loss = loop.lost_readings;
    if (new_episode) {
      ++loss.episodes;
      loss.earlier_last = loss.last;
      loss.episode_first = stamp;
    }
    ++loss.count;
    loss.last = stamp;
  }
  void raise(std::uint16_t alert) {
    AlertEvent event;
    event.time = start;
    event.alert = AlertId{alert};
    event.channel = ChannelId{0};
    CHECK_TRUE(crossings->alerts.try_push(event));
  }
  void step(Duration after) {
    service->step(start + after);
  }
  void fail() {
    intruder = std::make_unique<Intruder>(buffer.path());
  }
  void heal() {
    intruder.reset();
  }

  // 53 random bits: no codec makes them fewer.
  double next_value() {
    return std::ldexp(static_cast<double>(random() >> 11), -53);
  }
  void produce_over_the_quota() {
    for (int i = 1; i < 2'000 && status().totals.dropped == 0; ++i) {
      produce(1'000);
      step(seconds(i));
    }
    CHECK_TRUE(status().totals.dropped > 0);
    check_balance();
  }

  StorageStatus status() const {
    return service->status();
  }
  std::vector<Gap> gaps() const {
    return buffer.events_of_kind<Gap>();
  }
  void check_balance() const {
    const StorageStatus now = status();
    CHECK_EQUAL(loop.readings, now.totals.stored + now.readings_lost + now.uncommitted);
  }
};

TEST(StorageService, begins_with_nothing) {
  open();
  CHECK_EQUAL(0U, status().totals.stored);
  CHECK_EQUAL(0U, status().uncommitted);
  CHECK_FALSE(status().failing);
}

TEST(StorageService, knows_how_fast_it_fills_once_the_tail_was_sealed) {
  open();
  produce(15);
  step(seconds(1));
  CHECK_FALSE(status().bytes_taken.has_value());
  produce(5);
  step(seconds(100));
  const StorageStatus sealed = status();
  CHECK_TRUE(sealed.bytes_taken.has_value() && sealed.chunk_bytes.has_value());
  DOUBLES_EQUAL(static_cast<double>(sealed.written.chunks[2]) / 100, *sealed.chunk_bytes, 1e-9);
  DOUBLES_EQUAL(static_cast<double>(sealed.totals.grown) / 100, *sealed.bytes_taken, 1e-9);
}

TEST(StorageService, does_not_open_where_nothing_can_be_written) {
  options.store.path = "/proc/no/such/folder/sluice.db";
  const Result<StorageService> opened = StorageService::open(options, *crossings, start);
  CHECK_FALSE(opened.ok());
  CHECK_TRUE(opened.error().code == ErrorCode::kUnavailable);
}

TEST(StorageService, does_not_open_what_another_gateway_uses) {
  open();
  options.run = run_number(2);
  CHECK_FALSE(StorageService::open(options, *crossings, start).ok());
}

TEST(StorageService, commits_the_first_readings_at_once) {
  open();
  produce(3);
  step(milliseconds(0));
  CHECK_EQUAL(3U, status().totals.stored);
  CHECK_EQUAL(0U, status().uncommitted);
}

TEST(StorageService, commits_readings_once_in_a_while) {
  open();
  produce(1);
  step(milliseconds(0));
  produce(5);
  step(milliseconds(20));
  step(milliseconds(999));
  CHECK_EQUAL(1U, status().commits);
  CHECK_EQUAL(5U, status().uncommitted);
  step(seconds(1));
  CHECK_EQUAL(2U, status().commits);
  CHECK_EQUAL(6U, status().totals.stored);
}

TEST(StorageService, writes_nothing_when_there_is_nothing) {
  open();
  for (int i = 0; i < 100; ++i) step(seconds(i));
  CHECK_EQUAL(0U, status().commits);
}

TEST(StorageService, commits_an_alert_at_once) {
  open();
  step(milliseconds(0));
  produce(2);
  raise(0);
  step(milliseconds(20));
  CHECK_EQUAL(1U, buffer.events_of_kind<AlertEvent>().size());
  CHECK_EQUAL(1U, status().commits);
  CHECK_EQUAL(2U, status().totals.stored);
}

TEST(StorageService, records_what_the_main_thread_notes) {
  open();
  const ConfigApplied applied{start, "0123456789abcdef"};
  CHECK_TRUE(crossings->notes.try_push({applied}));
  step(milliseconds(20));
  CHECK_TRUE(buffer.events() == std::vector<Event>{applied});
}

TEST(StorageService, records_a_declaration_before_the_alert_that_needs_it) {
  // The alert was recorded first: both had come between two looks.
  open();
  CHECK_TRUE(
      crossings->notes.try_push({AlertDeclared{start, AlertId{0}, ChannelId{0}, "hot", ""}}));
  raise(0);
  step(milliseconds(20));
  const std::vector<Event> events = buffer.events();
  CHECK_EQUAL(2U, events.size());
  CHECK_TRUE(std::holds_alternative<AlertDeclared>(events[0]));
}

TEST(StorageService, records_more_declarations_than_a_chunk_holds) {
  // It stopped the gateway: a configuration may have 1,024 channels and 4,096 alerts.
  open();
  std::vector<Event> declarations;
  for (std::uint16_t i = 0; i < 2'500; ++i) {
    declarations.emplace_back(AlertDeclared{start, AlertId{i}, ChannelId{0}, "alert", "value"});
  }
  CHECK_TRUE(crossings->notes.try_push(declarations));
  step(milliseconds(20));
  CHECK_TRUE(buffer.events() == declarations);
  CHECK_EQUAL(3U, status().commits);
}

TEST(StorageService, records_a_whole_ring_of_alerts) {
  open();
  for (std::size_t i = 0; i < Crossings::kAlertsMax; ++i) raise(0);
  step(milliseconds(20));
  CHECK_EQUAL(Crossings::kAlertsMax, buffer.events().size());
}

TEST(StorageService, seals_by_age) {
  open();
  produce(1);
  step(milliseconds(0));
  step(milliseconds(30'009));  // the reading is of 10 ms after the start
  CHECK_EQUAL(0U, buffer.readings().size());
  step(milliseconds(31'010));
  CHECK_EQUAL(1U, buffer.readings().size());
  CHECK_EQUAL(1U, status().totals.stored);
  CHECK_EQUAL(1U, status().totals.pending_chunks);
}

TEST(StorageService, without_a_link_does_not_seal_by_age) {
  open();
  link_is(*crossings, false);
  produce(1);
  step(milliseconds(0));
  step(milliseconds(100'000));
  CHECK_EQUAL(0U, status().totals.pending_chunks);
  link_is(*crossings, true);
  step(milliseconds(101'000));
  CHECK_EQUAL(1U, status().totals.pending_chunks);
}

TEST(StorageService, does_not_seal_by_age_while_the_link_takes_no_readings) {
  open();
  uplink::Snapshot link;
  link.link_up = true;
  link.policy.takes_raw = false;
  crossings->uplink.publish(link);
  produce(1);
  step(milliseconds(0));
  step(seconds(100));
  CHECK_EQUAL(0U, status().totals.pending_chunks);
  link.policy.takes_raw = true;
  crossings->uplink.publish(link);
  step(seconds(101));
  CHECK_EQUAL(1U, status().totals.pending_chunks);
}

TEST(StorageService, does_not_seal_by_age_behind_chunks_that_wait) {
  open();
  uplink::Snapshot link;
  link.link_up = true;
  crossings->uplink.publish(link);
  produce(1);
  step(milliseconds(0));
  step(seconds(40));
  CHECK_EQUAL(1U, status().totals.pending_chunks);
  produce(1);
  step(seconds(80));
  CHECK_EQUAL(1U, status().totals.pending_chunks);
  produce(18);
  step(seconds(90));
  CHECK_EQUAL(1U, status().totals.pending_chunks);
  link.delivery.raw_handed_over = status().totals.sealed_upto;
  crossings->uplink.publish(link);
  step(seconds(130));
  CHECK_EQUAL(2U, status().totals.pending_chunks);
}

// What is behind them in the same commit does not count.
TEST(StorageService, knows_the_position_of_what_it_sealed) {
  open();
  produce(1);
  step(milliseconds(0));
  CHECK_EQUAL(0U, status().totals.sealed_upto);
  raise(0);
  step(seconds(40));
  const std::uint64_t sealed_upto = status().totals.sealed_upto;
  CHECK_TRUE(sealed_upto > 0);
  raise(0);
  step(seconds(41));
  CHECK_EQUAL(sealed_upto, status().totals.sealed_upto);
}

// A chunk that was dropped is never handed over.
TEST(StorageService, seals_by_age_again_once_nothing_waits) {
  open();
  uplink::Snapshot link;
  link.link_up = true;
  crossings->uplink.publish(link);
  produce(1);
  step(milliseconds(0));
  step(seconds(40));
  const std::vector<Chunk> sealed = buffer.chunks(Stream::kRaw);
  produce(1);
  step(seconds(80));
  CHECK_EQUAL(1U, status().totals.pending_chunks);
  CHECK_TRUE(crossings->acks.try_push(ack_of(sealed)));
  step(seconds(81));
  step(seconds(82));
  CHECK_EQUAL(1U, status().totals.pending_chunks);
  CHECK_EQUAL(2U, status().totals.stored);
}

TEST(StorageService, seals_by_size) {
  open();
  produce(19);
  step(milliseconds(0));
  CHECK_EQUAL(0U, buffer.readings().size());
  produce(1);
  step(seconds(1));
  CHECK_EQUAL(20U, buffer.readings().size());
  CHECK_EQUAL(20U, status().totals.stored);
}

TEST(StorageService, takes_a_whole_ring_in_one_step) {
  open();
  produce(100);
  step(milliseconds(0));
  CHECK_EQUAL(0U, crossings->readings.size());
  check_balance();
  CHECK_EQUAL(100U, status().totals.stored + status().uncommitted);
}

TEST(StorageService, sealing_stores_no_reading_twice) {
  open();
  for (int i = 0; i < 10; ++i) {
    produce(15);
    step(seconds(i));
    check_balance();
  }
  CHECK_TRUE(service->finish(start + seconds(10)).ok());
  const std::vector<Reading> readings = buffer.readings();
  CHECK_EQUAL(150U, readings.size());
  for (std::size_t i = 1; i < readings.size(); ++i) {
    CHECK_TRUE(readings[i].time == readings[i - 1].time + milliseconds(10));
  }
}

TEST(StorageService, declares_what_found_the_ring_full) {
  restart(10);
  produce(13);
  step(milliseconds(0));
  CHECK_EQUAL(1U, gaps().size());
  const Gap gap = gaps()[0];
  CHECK_TRUE(gap.reason == GapReason::kRingFull);
  CHECK_TRUE(gap.stream == Stream::kRaw);
  CHECK_TRUE(gap.run == options.run);
  CHECK_EQUAL(3U, gap.readings);
  CHECK_EQUAL(0U, gap.first_seq);
  CHECK_TRUE(gap.first == start + milliseconds(110));
  CHECK_TRUE(gap.last == start + milliseconds(130));
  CHECK_EQUAL(3U, status().readings_lost);
}

TEST(StorageService, declares_a_loss_once) {
  restart(10);
  produce(13);
  step(milliseconds(0));
  step(seconds(1));
  step(seconds(2));
  CHECK_EQUAL(1U, gaps().size());
}

TEST(StorageService, gives_each_episode_of_loss_its_own_span) {
  restart(10);
  produce(13);
  step(milliseconds(0));
  produce(12);
  step(seconds(1));
  CHECK_EQUAL(2U, gaps().size());
  CHECK_EQUAL(2U, gaps()[1].readings);
  CHECK_TRUE(gaps()[1].first == start + milliseconds(240));
  CHECK_TRUE(gaps()[1].last == start + milliseconds(250));
}

TEST(StorageService, the_span_of_a_gap_holds_an_episode_that_went_on) {
  // Three more were lost after the declaration, then one found room, then one was lost: the span
  // began at that one.
  open();
  loop.readings = 2;
  lose(start + seconds(1), true);
  lose(start + seconds(2), false);
  crossings->loop.publish(loop);
  step(seconds(2));
  for (int i = 3; i <= 5; ++i) lose(start + seconds(i), false);
  lose(start + seconds(7), true);
  crossings->loop.publish(loop);
  step(seconds(8));
  CHECK_EQUAL(2U, gaps().size());
  CHECK_EQUAL(4U, gaps()[1].readings);
  CHECK_TRUE(gaps()[1].first <= start + seconds(3));
  CHECK_TRUE(gaps()[1].last == start + seconds(7));
}

TEST(StorageService, declares_lost_alerts_in_their_stream) {
  open();
  loop.lost_alerts = {2, 1, {}, start, start + seconds(1)};
  crossings->loop.publish(loop);
  step(seconds(1));
  CHECK_EQUAL(1U, gaps().size());
  CHECK_TRUE(gaps()[0].stream == Stream::kEvent);
  CHECK_EQUAL(2U, gaps()[0].readings);
}

TEST(StorageService, keeps_readings_while_the_store_fails) {
  open();
  fail();
  produce(5);
  step(seconds(1));
  CHECK_TRUE(status().failing);
  CHECK_EQUAL(1U, status().commit_failures);
  CHECK_EQUAL(5U, status().uncommitted);
  CHECK_EQUAL(0U, status().totals.stored);
}

TEST(StorageService, goes_on_when_the_store_does) {
  open();
  fail();
  produce(5);
  raise(0);
  step(seconds(1));
  heal();
  step(seconds(2));
  CHECK_FALSE(status().failing);
  CHECK_EQUAL(5U, status().totals.stored);
  CHECK_EQUAL(1U, buffer.events_of_kind<AlertEvent>().size());
}

TEST(StorageService, says_once_that_the_store_fails_and_once_that_it_does_not) {
  open();
  fail();
  for (int i = 1; i < 5; ++i) {
    produce(1);
    step(seconds(i));
  }
  CHECK_EQUAL(1U, log.lines.size());
  CHECK_TRUE(log.levels[0] == LogLevel::kError);
  heal();
  step(seconds(12));
  CHECK_EQUAL(2U, log.lines.size());
  CHECK_TRUE(log.levels[1] == LogLevel::kInfo);
}

TEST(StorageService, leaves_a_store_that_fails_alone_until_the_next_commit) {
  // With a full tail it was asked in every step, 50 times a second.
  open();
  fail();
  produce(50);
  for (int i = 0; i < 50; ++i) step(seconds(1) + milliseconds(20 * i));
  CHECK_EQUAL(1U, status().commit_failures);
  raise(0);
  step(milliseconds(1'999));
  CHECK_EQUAL(1U, status().commit_failures);
  step(seconds(2));
  CHECK_EQUAL(2U, status().commit_failures);
}

TEST(StorageService, tries_a_store_that_fails_less_and_less_often) {
  open();
  fail();
  produce(1);
  for (int i = 1; i <= 60; ++i) step(seconds(i));
  CHECK_EQUAL(10U, status().commit_failures);  // 1, 2, 4, 8, 16, then every 8 s
  heal();
  step(seconds(68));
  CHECK_FALSE(status().failing);
}

TEST(StorageService, counts_what_waits_in_the_ring_as_uncommitted) {
  open();
  fail();
  produce(50);
  step(seconds(1));
  CHECK_EQUAL(50U, status().uncommitted);
  CHECK_EQUAL(30U, crossings->readings.size());
}

TEST(StorageService, declares_a_long_loss_as_one_gap) {
  // One gap came for every step, and after 20 s they stopped the gateway.
  open();
  fail();
  for (int i = 0; i < 1'500; ++i) {
    produce(1);
    step(seconds(1) + milliseconds(20 * i));
  }
  heal();
  step(minutes(2));
  check_balance();
  std::uint64_t declared = 0;
  for (const Gap& gap : gaps()) declared += gap.readings;
  CHECK_EQUAL(1U, gaps().size());
  CHECK_EQUAL(status().readings_lost, declared);
  CHECK_EQUAL(1'500U - 20 - 100, declared);
}

TEST(StorageService, holds_a_bounded_number_of_events_while_the_store_fails) {
  open();
  fail();
  for (int i = 0; i < 3; ++i) {
    while (crossings->alerts.size() < Crossings::kAlertsMax) raise(0);
    step(seconds(i));
  }
  CHECK_EQUAL(Crossings::kAlertsMax, crossings->alerts.size());
  heal();
  step(seconds(4));
  step(seconds(5));
  CHECK_EQUAL(2 * Crossings::kAlertsMax, buffer.events().size());
}

TEST(StorageService, finishing_seals_everything_and_says_goodbye) {
  open();
  produce(7);
  step(milliseconds(0));
  produce(2);
  CHECK_TRUE(service->finish(start + seconds(1)).ok());
  CHECK_EQUAL(9U, buffer.readings().size());
  const std::vector<Event> events = buffer.events();
  CHECK_TRUE(events.back() == Event(RunEnded{start + seconds(1), 9}));
  CHECK_EQUAL(0U, status().uncommitted);
}

TEST(StorageService, the_goodbye_counts_what_was_declared_missing) {
  restart(10);
  produce(13);
  CHECK_TRUE(service->finish(start + seconds(1)).ok());
  CHECK_EQUAL(13U, buffer.events_of_kind<RunEnded>().at(0).readings);
  CHECK_EQUAL(3U, gaps().at(0).readings);
}

TEST(StorageService, finishing_leaves_nothing_in_the_rings) {
  // What one chunk of events could not hold was lost.
  open();
  for (std::size_t i = 0; i < Crossings::kAlertsMax; ++i) raise(0);
  CHECK_TRUE(crossings->notes.try_push({ConfigApplied{start, "hash"}}));
  produce(100);
  CHECK_TRUE(service->finish(start + seconds(1)).ok());
  CHECK_EQUAL(Crossings::kAlertsMax, buffer.events_of_kind<AlertEvent>().size());
  CHECK_EQUAL(1U, buffer.events_of_kind<ConfigApplied>().size());
  CHECK_EQUAL(100U, buffer.readings().size());
  CHECK_TRUE(std::holds_alternative<RunEnded>(buffer.events().back()));
}

TEST(StorageService, a_goodbye_that_cannot_be_written_is_an_error) {
  open();
  produce(7);
  step(milliseconds(0));
  produce(50);
  fail();
  const Result<> finished = service->finish(start + seconds(1));
  CHECK_FALSE(finished.ok());
  CHECK_TRUE(finished.error().code == ErrorCode::kUnavailable);
  heal();
  CHECK_EQUAL(0U, buffer.events_of_kind<RunEnded>().size());
}

TEST(StorageService, deletes_what_the_collector_holds) {
  open();
  produce(20);
  step(milliseconds(0));
  CHECK_EQUAL(20U, status().totals.pending);
  CHECK_TRUE(crossings->acks.try_push(ack_of(buffer.chunks(Stream::kRaw))));
  step(milliseconds(20));
  CHECK_EQUAL(0U, status().totals.pending);
  CHECK_EQUAL(20U, status().totals.delivered);
  CHECK_TRUE(buffer.readings().empty());
  check_balance();
}

TEST(StorageService, goes_on_with_a_long_acknowledgement_in_the_next_step) {
  options.seal.seal_readings = 1'000;
  restart(2'500);
  for (std::uint16_t i = 0; i < 2'500; ++i) {  // a seal has a chunk for each channel
    const ChannelId channel{static_cast<std::uint16_t>(i % 1'000)};
    CHECK_TRUE(crossings->readings.try_push({start, 0.0, channel, Quality::kGood}));
  }
  step(milliseconds(0));
  step(seconds(30));
  CHECK_TRUE(crossings->acks.try_push(ack_of(buffer.chunks(Stream::kRaw))));
  step(seconds(31));
  CHECK_EQUAL(2'048U, status().totals.delivered);
  step(seconds(32));
  CHECK_EQUAL(2'500U, status().totals.delivered);
}

TEST(StorageService, believes_no_acknowledgement_that_does_not_fit) {
  open();
  produce(20);
  step(milliseconds(0));
  Ack forged = ack_of(buffer.chunks(Stream::kRaw));
  ++forged.held[0].check;
  CHECK_TRUE(crossings->acks.try_push(forged));
  CHECK_TRUE(crossings->acks.try_push(forged));
  step(milliseconds(20));
  CHECK_EQUAL(2U, status().acks_refused);
  CHECK_EQUAL(20U, buffer.readings().size());
  CHECK_EQUAL(1U, log.lines.size());
}

TEST(StorageService, an_acknowledgement_that_cannot_be_written_deletes_nothing) {
  open();
  produce(20);
  step(milliseconds(0));
  const Ack ack = ack_of(buffer.chunks(Stream::kRaw));
  fail();
  CHECK_TRUE(crossings->acks.try_push(ack));
  step(milliseconds(20));
  CHECK_EQUAL(1U, status().commit_failures);
  CHECK_EQUAL(20U, status().totals.pending);
  heal();
  CHECK_TRUE(crossings->acks.try_push(ack));
  step(milliseconds(40));
  CHECK_EQUAL(20U, status().totals.delivered);
}

TEST(StorageService, an_endless_outage_is_one_gap_that_nobody_is_told_of) {
  open_with_small_quota();
  produce_over_the_quota();
  CHECK_EQUAL(status().totals.dropped, status().totals.undeclared);
  CHECK_TRUE(gaps().empty());
}

TEST(StorageService, declares_what_was_dropped_once_the_collector_is_there) {
  open_with_small_quota();
  produce(1'000);
  step(milliseconds(0));
  const Ack ack = ack_of(buffer.chunks(Stream::kRaw));
  produce_over_the_quota();
  CHECK_TRUE(crossings->acks.try_push(ack));
  step(produced_until - start);
  const std::vector<Gap> declared = gaps();
  CHECK_EQUAL(1U, declared.size());
  CHECK_TRUE(declared[0].run == run_number(1));
  CHECK_TRUE(declared[0].reason == GapReason::kQuota);
  CHECK_EQUAL(ack.held.back().last + 1, declared[0].first_seq);  // what was before had arrived
  CHECK_EQUAL(status().totals.dropped, declared[0].readings);
  CHECK_EQUAL(0U, status().totals.undeclared);
}

TEST(StorageService, declares_at_once_when_nothing_is_left_to_be_acknowledged) {
  options.store.quota_bytes = 0;
  open();
  produce(20);
  step(seconds(1));
  CHECK_EQUAL(20U, status().totals.dropped);
  CHECK_EQUAL(1U, gaps().size());
  CHECK_EQUAL(20U, gaps().front().readings);
}
