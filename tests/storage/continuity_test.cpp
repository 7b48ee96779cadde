#include "storage/continuity.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "storage/database.hpp"
#include "storage/sqlite.hpp"
#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

namespace {

namespace fs = std::filesystem;

constexpr const char* kEnds[] = {"", "-wal", "-shm"};

}  // namespace

// The watermark stays where it is while the database goes back to what it was.
TEST_GROUP(Continuity) {
  Buffer buffer;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
  }
  void keep_copy() {
    for (const char* const end : kEnds) {
      fs::remove(buffer.options.path + end + ".old");
      if (fs::exists(buffer.options.path + end)) {
        fs::copy_file(buffer.options.path + end, buffer.options.path + end + ".old");
      }
    }
  }
  void roll_back() {
    for (const char* const end : kEnds) {
      fs::remove(buffer.options.path + end);
      if (std::string(end) == "-shm" || !fs::exists(buffer.options.path + end + ".old")) continue;
      fs::copy_file(buffer.options.path + end + ".old", buffer.options.path + end);
    }
  }
  // As many commits as there are between two watermarks, one chunk of 2 readings each.
  void commit_chunks(int count) {
    for (int i = 0; i < count; ++i) {
      CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 2, 20, 100 + i)}).ok());
    }
  }
  std::vector<Missing> missing() {
    Result<std::vector<Missing>> missing = buffer.store().missing();
    CHECK_TRUE(missing.ok());
    return *missing;
  }
  Result<> declare_all() {
    return buffer.store().declare(missing(), chunk_of(Stream::kEvent, 1));
  }
  Reopened reopen() {
    const Result<Reopened> reopened = buffer.store().reopen();
    CHECK_TRUE(reopened.ok());
    return *reopened;
  }
};

TEST(Continuity, nothing_is_missing_in_a_new_database) {
  CHECK_TRUE(missing().empty());
}

TEST(Continuity, nothing_is_missing_after_a_power_cut) {
  commit_chunks(100);
  buffer.lose_power();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(missing().empty());
  CHECK_TRUE(buffer.pending().size() == 100);
}

TEST(Continuity, nothing_is_missing_of_a_run_that_was_settled_and_forgotten) {
  commit_chunks(70);
  CHECK_TRUE(buffer.end_run().ok());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 70)})).ok());
  buffer.stop();
  for (std::uint8_t run = 2; run < 5; ++run) {
    CHECK_TRUE(buffer.start(run).ok());
    CHECK_TRUE(missing().empty());
    buffer.stop();
  }
}

TEST(Continuity, keys_that_were_durable_and_are_gone_are_missing) {
  commit_chunks(10);
  keep_copy();
  commit_chunks(51);  // with number 61 the watermark is written
  buffer.stop();
  roll_back();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(missing().size() == 1);
  const Missing lost = missing()[0];
  CHECK_TRUE(lost.run == run_number(1) && lost.stream == Stream::kRaw);
  CHECK_TRUE(lost.first_seq == 11 && lost.last_seq == 61);
  CHECK_TRUE(lost.readings == 102);
}

TEST(Continuity, a_deleted_log_is_noticed) {
  commit_chunks(40);
  {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
    CHECK_TRUE(connection.ok() && empty_log(*connection).ok());
  }
  commit_chunks(21);  // in the log alone
  buffer.lose_power();
  fs::remove(buffer.options.path + "-wal");
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_FALSE(missing().empty());
}

TEST(Continuity, a_deleted_database_is_noticed) {
  commit_chunks(5);
  CHECK_TRUE(buffer.end_run().ok());
  buffer.stop();
  fs::remove(buffer.options.path);
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(missing().size() == 1);
  CHECK_TRUE(missing()[0].first_seq == 1 && missing()[0].last_seq == 5);
  CHECK_TRUE(buffer.store().earlier_runs()->size() == 1);
}

TEST(Continuity, frames_that_were_durable_and_are_gone_are_missing_without_keys) {
  keep_copy();
  for (int i = 0; i < 61; ++i) CHECK_TRUE(buffer.commit_frame(3, 1'000 + i).ok());
  buffer.stop();
  roll_back();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(missing().size() == 1);
  CHECK_TRUE(missing()[0].first_seq == 0 && missing()[0].readings == 183);
  CHECK_TRUE(missing()[0].last == instant_from_ns(1'060));
}

TEST(Continuity, a_run_that_is_gone_with_nothing_but_frames_is_missing) {
  // It was taken for one that was settled and forgotten: no chunk had been given a position.
  keep_copy();
  buffer.stop();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(buffer.commit_frame(3, 1'000).ok());
  buffer.stop();
  roll_back();
  CHECK_TRUE(buffer.start(3).ok());
  CHECK_TRUE(missing().size() == 1);
  CHECK_TRUE(missing()[0].run == run_number(2) && missing()[0].readings == 3);
}

TEST(Continuity, two_runs_that_are_gone_are_both_missing) {
  // The first to be added again raised the position, so that the other seemed to be settled.
  buffer.stop();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(buffer.commit_frame(3, 1'000).ok());
  buffer.stop();
  CHECK_TRUE(buffer.start(3).ok());
  CHECK_TRUE(buffer.commit_frame(4, 2'000).ok());
  buffer.stop();
  fs::remove(buffer.options.path);
  CHECK_TRUE(buffer.start(4).ok());
  CHECK_TRUE(missing().size() == 2);
  CHECK_TRUE(missing()[0].run == run_number(3) && missing()[1].run == run_number(2));
}

TEST(Continuity, a_run_is_missing_though_two_came_after_it_in_the_same_log) {
  // The watermark of the third went over that of the first while the log still had all of it.
  commit_chunks(5);
  for (std::uint8_t run = 2; run <= 3; ++run) {
    buffer.lose_power();
    CHECK_TRUE(buffer.start(run).ok());
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 2)}).ok());
  }
  buffer.lose_power();
  fs::remove(buffer.options.path + "-wal");
  CHECK_TRUE(buffer.start(4).ok());
  std::uint64_t lost_or_pending = buffer.pending().size();
  for (const Missing& lost : missing()) lost_or_pending += lost.last_seq - lost.first_seq + 1;
  CHECK_TRUE(lost_or_pending == 7);
}

TEST(Continuity, frames_that_come_back_when_their_chunk_is_gone_are_not_stored_again) {
  // The chunk may have been sent under its key.
  for (int i = 0; i < 60; ++i) CHECK_TRUE(buffer.commit_frame(1, i).ok());
  keep_copy();
  Commit seal;
  seal.chunks = {chunk_of(Stream::kRaw, 60)};
  seal.drop_frames = true;
  CHECK_TRUE(buffer.store().commit(seal).ok());
  buffer.stop();
  roll_back();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(buffer.store().earlier_runs()->at(0).frames.empty());
  CHECK_TRUE(missing().at(0).first_seq == 1 && missing().at(0).readings == 60);
}

TEST(Continuity, what_is_declared_is_not_missing_any_more) {
  keep_copy();
  commit_chunks(61);
  buffer.stop();
  roll_back();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(declare_all().ok());
  CHECK_TRUE(missing().empty());
  CHECK_TRUE(buffer.pending(Stream::kEvent).size() == 1);
  CHECK_TRUE(buffer.store().totals().dropped == 122);
  CHECK_TRUE(balances(buffer.store().totals()));
  buffer.stop();
  CHECK_TRUE(buffer.start(3).ok());
  CHECK_TRUE(missing().empty());
}

TEST(Continuity, what_is_not_declared_is_missing_at_the_next_start_too) {
  keep_copy();
  commit_chunks(61);
  buffer.stop();
  roll_back();
  CHECK_TRUE(buffer.start(2).ok());
  buffer.lose_power();
  CHECK_TRUE(buffer.start(3).ok());
  CHECK_TRUE(missing().size() == 1);
}

TEST(Continuity, only_what_is_missing_can_be_declared) {
  const Missing none{run_number(1), Stream::kRaw, 1, 1, 1, {}, {}};
  const Result<> declared = buffer.store().declare(std::vector{none}, chunk_of(Stream::kEvent, 1));
  CHECK_TRUE(failed_with(declared, ErrorCode::kInvalid));
  CHECK_TRUE(buffer.pending(Stream::kEvent).empty());
}

TEST(Continuity, an_acknowledgement_of_missing_keys_is_believed) {
  // The collector had them before the disk lost them; what is beside them has to be settled.
  commit_chunks(10);
  keep_copy();
  commit_chunks(51);
  const Ack all = ack_of({buffer.held(1, 61)});
  buffer.stop();
  roll_back();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(declare_all().ok());
  const Result<AckOutcome> outcome = buffer.store().acknowledge(all);
  CHECK_TRUE(outcome.ok() && !outcome->refused);
  CHECK_TRUE(outcome->settled_chunks == 10);
  CHECK_TRUE(buffer.pending().empty());
}

TEST(Continuity, an_acknowledgement_that_resolves_missing_keys_is_believed) {
  commit_chunks(10);
  keep_copy();
  commit_chunks(51);
  const Interval held = buffer.held(1, 10);
  buffer.stop();
  roll_back();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(declare_all().ok());
  const Result<AckOutcome> outcome =
      buffer.store().acknowledge(ack_of({held}, {Interval{11, 61, 0}}));
  CHECK_TRUE(outcome.ok() && !outcome->refused);
}

TEST(Continuity, a_wrong_sum_beside_missing_keys_is_not_believed) {
  commit_chunks(10);
  keep_copy();
  commit_chunks(51);
  Interval held = buffer.held(1, 10);
  ++held.check;
  buffer.stop();
  roll_back();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(declare_all().ok());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({held}))->refused);
}

TEST(Continuity, a_store_that_is_reopened_goes_on) {
  commit_chunks(3);
  CHECK_TRUE(buffer.commit_frame(4).ok());
  CHECK_TRUE(reopen() == Reopened::kWithout);
  commit_chunks(1);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{1, 2, 3, 4}));
  CHECK_TRUE(buffer.store().totals().stored == 12);
  CHECK_TRUE(missing().empty());
}

TEST(Continuity, a_running_store_gives_no_key_twice_when_the_database_goes_back) {
  commit_chunks(2);
  keep_copy();
  commit_chunks(3);
  CHECK_TRUE(buffer.commit_frame(7).ok());
  roll_back();
  CHECK_TRUE(reopen() == Reopened::kBehind);
  CHECK_TRUE(missing().size() == 1);
  CHECK_TRUE(missing()[0].first_seq == 3 && missing()[0].last_seq == 5);
  CHECK_TRUE(missing()[0].readings == 6);  // the frame's are in the caller's memory
  commit_chunks(1);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{1, 2, 6}));
}

TEST(Continuity, a_running_store_goes_on_when_the_database_is_gone) {
  commit_chunks(2);
  const std::uint64_t position = buffer.reader().pending(Stream::kRaw, 0, 1)->at(0).position;
  for (const char* const end : kEnds) fs::remove(buffer.options.path + end);
  CHECK_TRUE(reopen() == Reopened::kBehind);
  commit_chunks(1);
  const std::vector<StoredChunk> stored = *buffer.reader().pending(Stream::kRaw, position + 1, 1);
  CHECK_TRUE(stored.size() == 1);
  CHECK_TRUE(stored[0].chunk.header.key == (ChunkKey{run_number(1), Stream::kRaw, 3}));
}
