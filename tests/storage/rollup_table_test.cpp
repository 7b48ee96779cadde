#include "storage/rollup_table.hpp"

#include <utility>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(RollupTable) {
  Buffer buffer;

  static RolledUp part(std::uint8_t run, RollupCursor before, RollupCursor after) {
    RolledUp part{run_number(run), ChannelId{1}, before, after, {chunk_of(Stream::kRollup, 3)}};
    part.chunks.front().channel = ChannelId{1};
    return part;
  }
  static RollupCursor upto(std::int64_t ns, std::uint32_t revision = 0) {
    return {instant_from_ns(ns), revision, false};
  }
  Result<> commit(std::vector<RolledUp> parts) {
    Commit commit;
    commit.channels = {{{}, ChannelId{1}, "boiler", "Cel", std::chrono::seconds(1), {}}};
    commit.rollups = std::move(parts);
    return buffer.store().commit(commit);
  }
  std::size_t stored() const {
    std::uint64_t after = 0;
    return buffer.pending_behind(Stream::kRollup, after).size();
  }
  RollupCursor cursor(std::uint8_t run) const {
    const Result<RollupChannels> channels = buffer.reader().rollup_channels(run_number(run));
    CHECK_TRUE(channels.ok());
    CHECK_TRUE(channels->channels.size() == 1);
    return channels->channels.front().cursor;
  }
};

TEST(RollupTable, moves_a_cursor_with_what_was_made) {
  CHECK_TRUE(buffer.start(1).ok());
  CHECK_TRUE(commit({}).ok());
  CHECK_TRUE(cursor(1) == RollupCursor());
  CHECK_TRUE(commit({part(1, {}, upto(60)), part(1, upto(60), upto(120, 2))}).ok());
  CHECK_TRUE(cursor(1) == upto(120, 2));
  CHECK_TRUE(stored() == 2);
}

TEST(RollupTable, takes_nothing_that_was_made_from_another_cursor) {
  CHECK_TRUE(buffer.start(1).ok());
  CHECK_TRUE(commit({part(1, {}, upto(60))}).ok());
  CHECK_TRUE(commit({part(1, {}, upto(60)), part(1, upto(60, 1), upto(70))}).ok());
  CHECK_TRUE(cursor(1) == upto(60));
  CHECK_TRUE(stored() == 1);
}

TEST(RollupTable, stores_rollups_of_an_earlier_run_under_its_keys) {
  CHECK_TRUE(buffer.start(1).ok());
  CHECK_TRUE(commit({}).ok());
  CHECK_TRUE(buffer.end_run().ok());
  buffer.stop();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(commit({part(1, {}, upto(60))}).ok());
  std::uint64_t after = 0;
  const std::vector<ChunkHeader> headers = buffer.pending_behind(Stream::kRollup, after);
  CHECK_TRUE(headers.size() == 1);
  CHECK_TRUE(headers.front().key == (ChunkKey{run_number(1), Stream::kRollup, 1}));
}

TEST(RollupTable, takes_nothing_of_a_run_that_nobody_knows) {
  CHECK_TRUE(buffer.start(1).ok());
  CHECK_TRUE(commit({part(9, {}, upto(60))}).ok());
  CHECK_TRUE(stored() == 0);
}

TEST(RollupTable, loses_both_or_neither) {
  CHECK_TRUE(buffer.start(1).ok());
  CHECK_TRUE(commit({part(1, {}, upto(60))}).ok());
  buffer.lose_power();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(cursor(1) == upto(60));
  CHECK_TRUE(stored() == 1);
}

TEST(RollupTable, says_of_runs_what_there_is_to_roll_up) {
  CHECK_TRUE(buffer.start(1).ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 20, 100)}).ok());
  CHECK_TRUE(buffer.commit_frame(3, 500).ok());
  const Result<RollupRuns> open = buffer.reader().rollup_runs();
  CHECK_TRUE(open->runs.size() == 1);
  CHECK_FALSE(open->runs.front().over);
  CHECK_TRUE(open->runs.front().complete);
  CHECK_TRUE(open->runs.front().durable_upto == instant_from_ns(500));
  CHECK_TRUE(buffer.store().drop({run_number(1), Stream::kRaw, 1, 1, 10, {}, {}}).ok());
  CHECK_FALSE(buffer.reader().rollup_runs()->runs.front().complete);
}

TEST(RollupTable, knows_that_cursors_are_lost) {
  CHECK_TRUE(buffer.start(1).ok());
  CHECK_TRUE(commit({part(1, {}, upto(60))}).ok());
  CHECK_FALSE(buffer.reader().rollup_channels(run_number(1))->cursors_lost);
  buffer.stop();
  Result<Connection> database = Connection::open(buffer.options.path, Access::kWrite);
  CHECK_TRUE(database->execute("DELETE FROM rollup").ok());
  CHECK_TRUE(buffer.reader().rollup_channels(run_number(1))->cursors_lost);
}
