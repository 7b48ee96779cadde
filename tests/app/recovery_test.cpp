#include "app/recovery.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/crossings.hpp"
#include "app/storage_service.hpp"
#include "tests/app/buffer.hpp"
#include "tests/hal/process/log_capture.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::hours;
using std::chrono::seconds;

TEST_GROUP(Recovery) {
  hal::LogCapture log;
  Buffer buffer;
  const Instant start{seconds(1000)};
  std::unique_ptr<Crossings> crossings;
  std::unique_ptr<StorageService> service;

  // Opening is what recovers.
  Result<> open(std::uint8_t run, Instant now, const std::string& boot = kBoot) {
    StorageService::Options options;
    options.store.path = buffer.path();
    options.seal = {seconds(1), hours(1), 1'000};
    options.run = run_number(run);
    options.boot = boot;
    crossings = std::make_unique<Crossings>(100);
    Result<StorageService> opened = StorageService::open(options, *crossings, now);
    if (!opened.ok()) return opened.error();
    service = std::make_unique<StorageService>(std::move(*opened));
    return Ok{};
  }
  // A commit of one reading of each of two channels, made at `time`.
  void commit(Instant time) {
    for (std::uint16_t channel = 0; channel < 2; ++channel) {
      CHECK_TRUE(
          crossings->readings.try_push({time, 1.0 + channel, ChannelId{channel}, Quality::kGood}));
    }
    service->step(time);
  }
  // A run of `commits` commits, one a second from `from` on.
  void run(std::uint8_t number, Instant from, int commits) {
    CHECK_TRUE(open(number, from).ok());
    for (int i = 0; i < commits; ++i) commit(from + seconds(i));
  }
  void lose_power() {
    service.reset();
    crossings.reset();
  }
  void say_goodbye(Instant now) {
    CHECK_TRUE(service->finish(now).ok());
    lose_power();
  }
  void execute(const char* sql) const {
    Result<storage::Connection> connection =
        storage::Connection::open(buffer.path(), storage::Access::kWrite);
    CHECK_TRUE(connection.ok() && connection->execute(sql).ok());
  }
  std::vector<Gap> gaps() const {
    return buffer.events_of_kind<Gap>();
  }
};

TEST(Recovery, a_new_buffer_has_nothing_to_recover) {
  CHECK_TRUE(open(1, start).ok());
  CHECK_EQUAL(0U, gaps().size());
  CHECK_EQUAL(0U, log.lines.size());
}

TEST(Recovery, the_hot_tail_becomes_chunks_of_its_own_run) {
  run(1, start, 5);
  lose_power();
  CHECK_TRUE(open(2, start + seconds(60)).ok());
  const std::vector<Chunk> chunks = buffer.chunks(Stream::kRaw);
  CHECK_EQUAL(2U, chunks.size());
  for (const Chunk& chunk : chunks) {
    CHECK_TRUE(chunk.header.key.run == run_number(1));
    CHECK_EQUAL(5U, chunk.header.count);
  }
  CHECK_EQUAL(10U, buffer.readings().size());
}

TEST(Recovery, counts_no_reading_twice_and_forgets_none) {
  run(1, start, 5);
  lose_power();
  CHECK_TRUE(open(2, start + seconds(60)).ok());
  CHECK_EQUAL(10U, service->status().totals.stored);
  CHECK_EQUAL(10U, service->status().totals.pending);
}

TEST(Recovery, declares_from_the_last_durable_reading_to_now_within_a_boot) {
  run(1, start, 5);
  lose_power();
  CHECK_TRUE(open(2, start + seconds(60)).ok());
  CHECK_EQUAL(1U, gaps().size());
  const Gap gap = gaps()[0];
  CHECK_TRUE(gap.reason == GapReason::kRestart);
  CHECK_TRUE(gap.run == run_number(1));
  CHECK_EQUAL(0U, gap.first_seq);
  CHECK_EQUAL(0U, gap.readings);
  CHECK_TRUE(gap.first == start + seconds(4));
  CHECK_TRUE(gap.last == start + seconds(60));
  CHECK_TRUE(gap.time == start + seconds(60));
}

TEST(Recovery, the_end_of_a_gap_is_open_after_another_boot) {
  run(1, start, 5);
  lose_power();
  CHECK_TRUE(open(2, Instant(seconds(7)), "fedcba98-7654-3210-fedc-ba9876543210").ok());
  CHECK_EQUAL(1U, gaps().size());
  CHECK_TRUE(gaps()[0].first == start + seconds(4));
  CHECK_TRUE(gaps()[0].last == Instant::max());
  CHECK_TRUE(gaps()[0].time == Instant(seconds(7)));
}

TEST(Recovery, the_gap_is_a_record_of_the_run_that_declares_it) {
  run(1, start, 5);
  lose_power();
  CHECK_TRUE(open(2, start + seconds(60)).ok());
  CHECK_TRUE(buffer.chunks(Stream::kEvent).back().header.key.run == run_number(2));
}

TEST(Recovery, a_run_without_a_durable_reading_is_missing_from_its_start) {
  run(1, start, 0);
  lose_power();
  CHECK_TRUE(open(2, start + seconds(60)).ok());
  CHECK_EQUAL(1U, gaps().size());
  CHECK_TRUE(gaps()[0].first == start);
}

TEST(Recovery, a_run_that_said_goodbye_leaves_no_gap) {
  run(1, start, 5);
  say_goodbye(start + seconds(5));
  CHECK_TRUE(open(2, start + seconds(60)).ok());
  CHECK_EQUAL(0U, gaps().size());
  CHECK_EQUAL(10U, buffer.readings().size());
  CHECK_EQUAL(0U, log.lines.size());
}

TEST(Recovery, recovers_a_run_once) {
  run(1, start, 5);
  lose_power();
  run(2, start + seconds(60), 3);
  say_goodbye(start + seconds(70));
  CHECK_TRUE(open(3, start + seconds(80)).ok());
  CHECK_EQUAL(1U, gaps().size());
  CHECK_EQUAL(16U, buffer.readings().size());
}

TEST(Recovery, recovers_every_run_that_was_cut_off) {
  run(1, start, 5);
  lose_power();
  run(2, start + seconds(60), 3);
  lose_power();
  CHECK_TRUE(open(3, start + seconds(80)).ok());
  CHECK_EQUAL(2U, gaps().size());
  CHECK_TRUE(gaps()[1].run == run_number(2));
  CHECK_TRUE(gaps()[1].first == start + seconds(62));
  CHECK_EQUAL(16U, buffer.readings().size());
}

TEST(Recovery, says_that_the_run_before_ended_without_notice) {
  run(1, start, 5);
  lose_power();
  CHECK_TRUE(open(2, start + seconds(60)).ok());
  CHECK_EQUAL(1U, log.lines.size());
  CHECK_TRUE(log.levels[0] == LogLevel::kWarning);
  STRCMP_CONTAINS("10 readings", log.lines[0].c_str());
}

TEST(Recovery, a_damaged_frame_costs_nothing_but_itself) {
  run(1, start, 5);
  lose_power();
  execute("UPDATE frame SET bytes = x'00' WHERE id = (SELECT min(id) + 2 FROM frame)");
  CHECK_TRUE(open(2, start + seconds(60)).ok());
  CHECK_EQUAL(8U, buffer.readings().size());
  CHECK_EQUAL(2U, service->status().totals.dropped);
  CHECK_EQUAL(10U, service->status().totals.stored);
}

TEST(Recovery, damaged_frames_are_declared_within_what_was_durable) {
  // The span began where it had to end.
  run(1, start, 5);
  lose_power();
  execute("UPDATE frame SET bytes = x'00'");
  CHECK_TRUE(open(2, start + seconds(60)).ok());
  CHECK_EQUAL(2U, gaps().size());
  const Gap gap = gaps()[0];
  CHECK_TRUE(gap.reason == GapReason::kMediaLoss);
  CHECK_TRUE(gap.run == run_number(1));
  CHECK_TRUE(gap.first <= start);
  CHECK_TRUE(gap.last == start + seconds(4));
  CHECK_TRUE(gaps()[1].reason == GapReason::kRestart);
}
