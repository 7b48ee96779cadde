#include "storage/recording_table.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;
using std::chrono::seconds;

TEST_GROUP(RecordingTable) {
  Buffer buffer;

  void setup() override {
    start(1, 1);
  }
  // A run that calls its channel of that number "boiler".
  void start(std::uint8_t run, std::uint16_t channel) {
    CHECK_TRUE(buffer.start(run).ok());
    Commit commit;
    commit.channels = {{{}, ChannelId{channel}, "boiler", "Cel", seconds(1)}};
    CHECK_TRUE(buffer.store().commit(commit).ok());
  }
  static Recording around(std::int64_t from_s, std::int64_t to_s, const char* channel = "boiler") {
    return {channel, Instant(seconds(from_s)), Instant(seconds(to_s))};
  }
  void record(const Recording& recording, std::vector<SealedChunk> chunks = {}) {
    Commit commit;
    commit.recordings = {recording};
    commit.chunks = std::move(chunks);
    CHECK_TRUE(buffer.store().commit(commit).ok());
  }
  static SealedChunk readings(std::int64_t from_s, std::uint16_t channel = 1) {
    SealedChunk chunk = chunk_of(Stream::kRaw, 10);
    chunk.channel = ChannelId{channel};
    chunk.first = Instant(seconds(from_s));
    chunk.last = chunk.first + seconds(9);
    return chunk;
  }
  std::uint64_t requested() const {
    const auto waiting = buffer.reader().waiting();
    CHECK_TRUE(waiting.ok() && buffer.lanes_are_exact());
    return (*waiting)[3].chunks;
  }
  std::vector<KeptRecording> kept() {
    const auto recordings = buffer.store().recordings();
    CHECK_TRUE(recordings.ok());
    return *recordings;
  }
};

TEST(RecordingTable, what_reaches_into_a_span_is_promoted_as_it_is_stored) {
  record(around(20, 40));
  CHECK_TRUE(
      buffer.commit({readings(0), readings(10), readings(15), readings(40), readings(41)}).ok());
  CHECK_TRUE(requested() == 2);
  CHECK_TRUE(buffer.store().totals().promoted == 2);
}

TEST(RecordingTable, holds_for_what_the_same_transaction_stores) {
  record(around(0, 40), {readings(10)});
  CHECK_TRUE(requested() == 1);
}

TEST(RecordingTable, concerns_its_channel_alone_or_all) {
  record(around(0, 40));
  CHECK_TRUE(buffer.commit({readings(0, 2)}).ok());
  CHECK_TRUE(requested() == 0);
  record(around(0, 40, ""));
  CHECK_TRUE(buffer.commit({readings(0, 2), readings(0, 1)}).ok());
  CHECK_TRUE(requested() == 2);
}

TEST(RecordingTable, concerns_raw_readings_alone) {
  record(around(0, 40, ""));
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kEvent, 1), chunk_of(Stream::kRollup, 1)}).ok());
  CHECK_TRUE(requested() == 0);
}

TEST(RecordingTable, outlives_the_run_that_made_it) {
  record(around(0, 40));
  CHECK_TRUE(buffer.commit_frame(10, 1).ok());
  buffer.lose_power();
  start(2, 7);
  const std::vector<SealedChunk> tail{readings(5, 1)};
  CHECK_TRUE(buffer.store().recover(run_number(1), tail, {}).ok());
  CHECK_TRUE(requested() == 1);
  // The readings that come are those of a run that numbers its channels in another way.
  CHECK_TRUE(buffer.commit({readings(30, 7), readings(30, 1)}).ok());
  CHECK_TRUE(requested() == 2);
}

TEST(RecordingTable, joins_spans_that_meet) {
  record(around(0, 40));
  record(around(30, 60));
  record(around(100, 110));
  record(around(0, 40, "pump"));
  CHECK_TRUE(kept().size() == 3);
  CHECK_TRUE(kept()[0].what.from == Instant(seconds(0)) &&
             kept()[0].what.to == Instant(seconds(60)));
  CHECK_TRUE(kept()[0].boot == "boot");
}

TEST(RecordingTable, forgets_what_is_over) {
  record(around(0, 40));
  record(around(50, 60));
  CHECK_TRUE(buffer.store().forget_recordings(Instant(seconds(60))).ok());
  CHECK_TRUE(kept().size() == 1);
  CHECK_TRUE(buffer.store().forget_recordings(Instant(seconds(61))).ok());
  CHECK_TRUE(kept().empty());
}
