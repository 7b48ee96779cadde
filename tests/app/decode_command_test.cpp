#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.hpp"
#include "chunk/batch.hpp"
#include "chunk/events.hpp"
#include "chunk/readings.hpp"
#include "chunk/rejected.hpp"
#include "chunk/rollups.hpp"
#include "tests/app/console.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(DecodeCommand) {
  TemporaryFolder folder;

  static Chunk chunk_of(const SealedChunk& sealed) {
    Chunk chunk;
    chunk.header.key.run.bytes.fill(0xAB);
    chunk.header.key.stream = sealed.stream;
    chunk.header.key.seq = 7;
    chunk.header.channel = sealed.channel;
    chunk.header.count = sealed.count;
    chunk.header.first = sealed.first;
    chunk.header.last = sealed.last;
    chunk.bytes = sealed.bytes;
    chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
    return chunk;
  }
  std::string write_batch(const Chunk& chunk) const {
    const Bytes bytes = chunk::encode_batch("plant-7", {&chunk, 1});
    return folder.write("batch", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  static Chunk readings() {
    const std::vector<Reading> readings = {
        {Instant(seconds(1)), 21.5, ChannelId{3}, Quality::kGood},
        {Instant(seconds(2)), 0.0, ChannelId{3}, Quality::kMissing}};
    return chunk_of(chunk::encode_readings(readings));
  }
  Outcome decode(const std::string& path) {
    return run_command<DecodeCommand>("decode " + path);
  }
};

TEST(DecodeCommand, shows_readings) {
  const Outcome outcome = decode(write_batch(readings()));
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("batch of gateway plant-7, 1 chunks", outcome.out.c_str());
  STRCMP_CONTAINS("chunk abababababababababababababababab raw 7: channel 3, 2 records",
                  outcome.out.c_str());
  STRCMP_CONTAINS("  1000000000 21.5 good\n", outcome.out.c_str());
  STRCMP_CONTAINS("  2000000000 0 missing\n", outcome.out.c_str());
}

TEST(DecodeCommand, shows_events) {
  const std::vector<Event> events = {RunEnded{Instant(seconds(9)), 42}};
  const Outcome outcome = decode(write_batch(chunk_of(chunk::encode_events(events))));
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("event 7: 1 records", outcome.out.c_str());
  STRCMP_CONTAINS("42 readings", outcome.out.c_str());
}

TEST(DecodeCommand, shows_rejected_readings_with_their_reasons) {
  const std::vector<chunk::Rejected> rejected = {
      {{Instant(seconds(1)), 999.5, ChannelId{3}, Quality::kOutOfRange}, 2}};
  const Outcome outcome = decode(write_batch(chunk_of(chunk::encode_rejected(rejected))));
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("  1000000000 999.5 out_of_range, reason 2\n", outcome.out.c_str());
}

TEST(DecodeCommand, shows_rollups_as_the_windows_they_are_of) {
  Rollup rollup{.begin = Instant(seconds(60)), .length = seconds(60), .revision = 2, .summary = {}};
  rollup.summary.add(61'000'000'000, 20.5, Quality::kGood);
  rollup.summary.add(62'000'000'000, 21.5, Quality::kGood);
  rollup.summary.add(63'000'000'000, 0.0, Quality::kMissing);
  Rollup silent{.begin = Instant(seconds(120)), .length = seconds(60), .summary = {}};
  silent.summary.add(121'000'000'000, 0.0, Quality::kMissing);
  const std::vector<Rollup> rollups{rollup, silent};
  const Outcome outcome =
      decode(write_batch(chunk_of(chunk::encode_rollups(ChannelId{3}, rollups))));
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS(
      "  60000000000 for 60000000000, revision 2, 2 good of 3, min 20.5, mean 21, max 21.5\n",
      outcome.out.c_str());
  STRCMP_CONTAINS("  120000000000 for 60000000000, revision 0, 0 good of 1\n", outcome.out.c_str());
}

TEST(DecodeCommand, a_damaged_batch_is_a_failure) {
  Chunk chunk = readings();
  chunk.header.crc ^= 1U;
  const Outcome outcome = decode(write_batch(chunk));
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("batch", outcome.err.c_str());
}

TEST(DecodeCommand, what_is_inside_a_good_batch_may_still_be_damaged) {
  Chunk chunk = readings();
  chunk.bytes = {};
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  CHECK_EQUAL(kFailed, decode(write_batch(chunk)).status);
}

TEST(DecodeCommand, an_empty_file_is_a_failure) {
  CHECK_EQUAL(kFailed, decode(folder.write("empty", "")).status);
}

TEST(DecodeCommand, a_file_that_is_not_there_is_wrong_use) {
  CHECK_EQUAL(kWrongUse, decode(folder.path_of("none")).status);
}

TEST(DecodeCommand, a_file_that_is_larger_than_any_batch_is_not_read) {
  const std::string path = folder.write("large", std::string(chunk::kBatchBytesMax + 1, '\0'));
  const Outcome outcome = decode(path);
  CHECK_EQUAL(kWrongUse, outcome.status);
  STRCMP_CONTAINS("larger than any batch", outcome.err.c_str());
}
