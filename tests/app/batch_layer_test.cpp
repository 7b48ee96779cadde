#include "app/batch_layer.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "app/storage_service.hpp"
#include "chunk/rollups.hpp"
#include "core/windows.hpp"
#include "tests/app/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

namespace {

constexpr ChannelId kBoiler{1};
constexpr ChannelId kPump{2};

struct Stored {
  RunId run;
  ChannelId channel{};
  Rollup rollup;
};
using WindowName = std::tuple<RunId, ChannelId, Duration, Instant>;

}  // namespace

// Two channels with a reading each at every whole second, rolled up in windows of 10, 30 and 60 s.
TEST_GROUP(BatchLayer) {
  std::optional<Buffer> buffer{std::in_place};
  std::unique_ptr<Crossings> crossings;
  std::unique_ptr<StorageService> service;
  std::unique_ptr<BatchLayer> batch;
  config::RollupOptions options{true, {seconds(10), seconds(30), seconds(60)}, seconds(2), {}};
  std::size_t seal_readings = 20;
  Duration period = seconds(1);
  RunId run;
  Instant now;
  std::vector<std::pair<RunId, Reading>> produced;

  void start(std::uint8_t number, int second, const char* boot = kBoot) {
    run = run_number(number);
    now = Instant(seconds(second));
    crossings = std::make_unique<Crossings>(1'000);
    StorageService::Options setup;
    setup.store.path = buffer->path();
    setup.seal = {seconds(1), seconds(30), seal_readings};
    setup.run = run;
    setup.boot = boot;
    Result<StorageService> opened = StorageService::open(setup, *crossings, now);
    CHECK_TRUE(opened.ok());
    service = std::make_unique<StorageService>(std::move(*opened));
    batch = std::make_unique<BatchLayer>(options, buffer->reader(), *crossings);
    CHECK_TRUE(
        crossings->notes.try_push({ChannelDeclared{now, kBoiler, "boiler", "Cel", period, {}},
                                   ChannelDeclared{now, kPump, "pump", "1", period, {}}}));
    service->step(now);
  }
  // As after SIGKILL: what is durable is there, and nobody has said goodbye.
  void die() {
    batch.reset();
    service.reset();
    crossings.reset();
  }
  void end_well() {
    CHECK_TRUE(service->finish(now).ok());
    die();
  }
  // Wall time is so far ahead of boot time.
  void learn_clock(int offset_s) {
    const WallTime wall(now.time_since_epoch() + seconds(offset_s));
    CHECK_TRUE(crossings->notes.try_push({ClockRecord{now, wall, {}, true}}));
    service->step(now);
  }
  void produce(int from, int to) {
    for (int second = from; second < to; ++second) {
      now = Instant(seconds(second));
      for (const ChannelId channel : {kBoiler, kPump}) {
        const Reading reading{now, 0.1 * (second * 7919 % 331), channel,
                              second % 17 == 3 ? Quality::kFault : Quality::kGood};
        produced.emplace_back(run, reading);
        CHECK_TRUE(crossings->readings.try_push(reading));
      }
      service->step(now);
    }
    now += seconds(1);
    service->step(now);
  }
  void commit_all() {
    now += seconds(1);
    service->step(now);
  }
  // Until there is nothing to do any more.
  void roll() {
    for (int idle = 0, steps = 0; idle < 2; ++steps) {
      CHECK_TRUE(steps < 10'000);
      const Duration rest = batch->step(now);
      if (rest >= seconds(1) || crossings->rolled_up.size() == Crossings::kRolledUpMax) {
        commit_all();
      }
      if (rest >= seconds(5)) ++idle;
    }
    LONGS_EQUAL(0, crossings->batch.read().failures);
  }

  std::vector<Stored> stored() const {
    std::vector<Stored> all;
    for (const Chunk& chunk : buffer->chunks(Stream::kRollup)) {
      const Result<std::vector<Rollup>> rollups = chunk::decode_rollups(chunk);
      CHECK_TRUE(rollups.ok());
      for (const Rollup& rollup : *rollups) {
        all.push_back({chunk.header.key.run, chunk.header.channel, rollup});
      }
    }
    return all;
  }
  // What the operators of the stream make of what was produced, of windows that ended by `upto` in
  // runs that go on and of all windows in the others. Axes are `offset` ahead of boot time.
  std::map<WindowName, Rollup> expected(int upto, Duration offset = {}) const {
    std::map<WindowName, Rollup> all;
    for (const Duration length : options.windows) {
      for (const ChannelId channel : {kBoiler, kPump}) {
        std::map<RunId, Windows> windows;
        for (const auto& [of, reading] : produced) {
          if (reading.channel != channel) continue;
          const WindowSpec spec{length, length, -offset, seconds(600), seconds(2'000), true};
          const auto [stream, fresh] = windows.try_emplace(of, spec);
          if (fresh) stream->second.advance(to_ns(reading.time), [](const auto&) {});
          CHECK_TRUE(stream->second.add(to_ns(reading.time), reading.value, reading.quality) ==
                     Arrival::kInTime);
        }
        for (auto& [of, stream] : windows) {
          const std::int64_t end =
              of == run ? to_ns(Instant(seconds(upto))) : to_ns(Instant(seconds(10'000)));
          stream.advance(end, [&, of = of](const Windows::Result& result) {
            const Instant begin = instant_from_ns(result.begin_ns);
            all[{of, channel, length, begin}] = {begin, length, 0, result.summary,
                                                 rollup_quantiles(result.quantiles)};
          });
        }
      }
    }
    return all;
  }
  // Each of them is there once, and nothing else.
  void check_stored(const std::map<WindowName, Rollup>& wanted) const {
    std::map<WindowName, int> times;
    for (const Stored& one : stored()) {
      const WindowName name{one.run, one.channel, one.rollup.length, one.rollup.begin};
      const auto expected = wanted.find(name);
      CHECK_TRUE(expected != wanted.end());
      CHECK_TRUE(expected->second == one.rollup);
      LONGS_EQUAL(1, ++times[name]);
    }
    LONGS_EQUAL(wanted.size(), times.size());
  }
};

TEST(BatchLayer, makes_nothing_of_nothing) {
  start(1, 0);
  roll();
  CHECK_TRUE(stored().empty());
}

TEST(BatchLayer, makes_what_the_windows_of_the_stream_give) {
  start(1, 0);
  produce(0, 200);
  roll();
  check_stored(expected(180));
  CHECK_TRUE(stored().size() == 2 * (18 + 6 + 3));
}

TEST(BatchLayer, does_not_wait_for_readings_to_be_in_chunks) {
  seal_readings = 5'000;
  start(1, 0);
  produce(0, 200);
  roll();
  CHECK_TRUE(buffer->chunks(Stream::kRaw).empty());
  check_stored(expected(180));
}

TEST(BatchLayer, makes_each_window_once_when_it_is_over) {
  start(1, 0);
  for (int second = 0; second < 300; second += 7) {
    produce(second, second + 7);
    roll();
  }
  check_stored(expected(240));
}

TEST(BatchLayer, waits_for_the_lateness) {
  start(1, 0);
  options.lateness = seconds(30);
  batch = std::make_unique<BatchLayer>(options, buffer->reader(), *crossings);
  produce(0, 85);
  roll();
  CHECK_TRUE(stored().empty());
  produce(85, 95);
  roll();
  check_stored(expected(60));
}

TEST(BatchLayer, finishes_the_windows_of_a_run_that_is_over) {
  start(1, 0);
  produce(0, 75);
  end_well();
  start(2, 80);
  produce(80, 190);
  roll();
  check_stored(expected(180));
}

TEST(BatchLayer, leaves_none_out_and_makes_none_twice_wherever_it_is_cut_off) {
  // Steps of the batch layer and of storage alternate, and after so many of them all is lost but
  // the disk.
  for (int steps = 0; steps < 40; ++steps) {
    buffer.emplace();
    produced.clear();
    start(1, 0);
    produce(0, 130);
    for (int i = 0; i < steps; ++i) {
      if (i % 3 == 2) {
        commit_all();
      } else {
        static_cast<void>(batch->step(now));
      }
    }
    die();
    start(2, 140);
    produce(140, 250);
    roll();
    check_stored(expected(240));
    die();
  }
}

TEST(BatchLayer, stores_nothing_that_was_made_from_an_older_cursor) {
  start(1, 0);
  produce(0, 130);
  while (crossings->rolled_up.size() == 0) static_cast<void>(batch->step(now));
  // Another one begins before that is stored, and makes the same.
  batch = std::make_unique<BatchLayer>(options, buffer->reader(), *crossings);
  for (int i = 0; i < 12; ++i) static_cast<void>(batch->step(now));
  CHECK_TRUE(crossings->rolled_up.size() > 1);
  roll();
  check_stored(expected(120));
}

TEST(BatchLayer, waits_while_storage_takes_nothing) {
  start(1, 0);
  produce(0, 1'000);
  for (int i = 0; i < 500; ++i) static_cast<void>(batch->step(now));
  LONGS_EQUAL(Crossings::kRolledUpMax, crossings->rolled_up.size());
  roll();
  check_stored(expected(960));
}

TEST(BatchLayer, aligns_windows_to_wall_time) {
  start(1, 0);
  learn_clock(1'000'013);  // a minute begins 7 s later
  produce(0, 200);
  roll();
  check_stored(expected(187, seconds(53)));
}

TEST(BatchLayer, rolls_up_anew_when_the_clock_is_found) {
  start(1, 0);
  produce(0, 130);
  roll();
  check_stored(expected(120));
  learn_clock(1'000'013);
  produce(131, 200);
  roll();
  std::map<WindowName, Rollup> wanted = expected(187, seconds(53));
  for (auto& [name, rollup] : wanted) rollup.revision = 1;
  std::size_t found = 0;
  for (const Stored& one : stored()) {
    if (one.rollup.revision == 0) continue;
    const auto same = wanted.find({one.run, one.channel, one.rollup.length, one.rollup.begin});
    CHECK_TRUE(same != wanted.end());
    CHECK_TRUE(same->second == one.rollup);
    ++found;
  }
  LONGS_EQUAL(wanted.size(), found);
}

// Of half of the readings a window with a higher revision would be worse than the one before.
TEST(BatchLayer, leaves_windows_as_they_are_when_their_readings_are_gone) {
  start(1, 0);
  produce(0, 130);
  roll();
  end_well();
  {
    storage::Options store;
    store.path = buffer->path();
    Result<storage::Store> opened = storage::Store::open(store, run_number(8), kBoot, now);
    CHECK_TRUE(opened.ok());
    const ChunkHeader header = buffer->chunks(Stream::kRaw).front().header;
    storage::Drop drop;
    drop.run = header.key.run;
    drop.first_seq = drop.last_seq = header.key.seq;
    drop.readings = header.count;
    const Result<> dropped = opened->drop(drop);
    STRCMP_EQUAL("", dropped.ok() ? "" : dropped.error().message.c_str());
  }
  start(2, 140);
  learn_clock(1'000'013);
  roll();
  CHECK_TRUE(stored().size() > expected(120).size());  // what the run left is finished
  for (const Stored& one : stored()) LONGS_EQUAL(0, one.rollup.revision);
}

TEST(BatchLayer, makes_none_for_which_it_does_not_know_how_far_it_was) {
  start(1, 0);
  produce(0, 130);
  roll();
  const std::size_t before = stored().size();
  die();
  {
    Result<storage::Connection> database =
        storage::Connection::open(buffer->path(), storage::Access::kWrite);
    CHECK_TRUE(database->execute("DELETE FROM rollup").ok());
  }
  start(2, 140);
  roll();
  CHECK_TRUE(stored().size() == before);
}

TEST(BatchLayer, leaves_out_channels_that_are_excepted) {
  options.except = {"pump"};
  start(1, 0);
  produce(0, 130);
  roll();
  CHECK_FALSE(stored().empty());
  for (const Stored& one : stored()) CHECK_TRUE(one.channel == kBoiler);
}

TEST(BatchLayer, leaves_out_windows_that_would_hold_next_to_nothing) {
  period = seconds(2);
  start(1, 0);
  produce(0, 130);
  roll();
  CHECK_FALSE(stored().empty());
  for (const Stored& one : stored()) CHECK_TRUE(one.rollup.length >= seconds(30));
}

TEST(BatchLayer, tries_again_when_there_is_no_database_yet) {
  Crossings alone(10);
  BatchLayer early(options, storage::Reader(buffer->path() + ".none"), alone);
  CHECK_TRUE(early.step(now) >= seconds(5));
  LONGS_EQUAL(1, alone.batch.read().failures);
}
