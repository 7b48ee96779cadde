#include "storage/audit.hpp"

#include <string>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

// Keys that are pending, dropped, settled and missing.
TEST_GROUP(Audit) {
  Buffer buffer;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
    for (int i = 0; i < 6; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 2)}).ok());
    CHECK_TRUE(buffer.drop_raw(1, 2, 4).ok());
    CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(3, 4)})).ok());
    buffer.stop();
    change(
        "DELETE FROM chunk WHERE seq = 5 AND stream = 2;"
        "UPDATE stream SET pending_chunks = pending_chunks - 1, pending = pending - 2,"
        " stored = stored - 2 WHERE stream = 2;"
        "INSERT INTO missing (run, stream, first, last, readings, first_ns, last_ns)"
        " VALUES (1, 2, 5, 5, 2, 0, 0)");
  }
  void change(const char* script) {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
    CHECK_TRUE(connection.ok() && connection->execute(script).ok());
  }
  Result<> audited() {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
    CHECK_TRUE(connection.ok());
    Transaction transaction(*connection);
    audit(transaction);
    return transaction.commit();
  }
  bool is_damaged_by(const char* script) {
    change(script);
    return failed_with(audited(), ErrorCode::kCorrupt);
  }
};

TEST(Audit, tables_that_agree_are_whole) {
  CHECK_TRUE(audited().ok());
}

TEST(Audit, chunks_that_are_gone_are_missed) {
  CHECK_TRUE(is_damaged_by("DELETE FROM chunk WHERE stream = 2"));
}

TEST(Audit, tombstones_that_are_gone_are_missed) {
  CHECK_TRUE(is_damaged_by("DELETE FROM tombstone"));
}

TEST(Audit, settled_keys_that_are_gone_are_missed) {
  CHECK_TRUE(is_damaged_by("DELETE FROM settled"));
}

TEST(Audit, missing_keys_that_are_gone_are_missed) {
  CHECK_TRUE(is_damaged_by("DELETE FROM missing"));
}

TEST(Audit, a_lane_that_counts_wrong_is_damage) {
  CHECK_TRUE(is_damaged_by("UPDATE lane SET chunks = chunks + 1 WHERE lane = 4"));
}

TEST(Audit, a_lane_that_takes_a_chunk_from_another_is_damage) {
  CHECK_TRUE(
      is_damaged_by("UPDATE lane SET chunks = chunks - 1 WHERE lane = 4;"
                    "UPDATE lane SET chunks = chunks + 1 WHERE lane = 3"));
}

TEST(Audit, lanes_that_are_gone_are_missed) {
  CHECK_TRUE(is_damaged_by("DELETE FROM lane"));
}

TEST(Audit, a_store_that_contradicts_itself_fails) {
  change("DELETE FROM settled");
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(failed_with(buffer.store().audit(), ErrorCode::kCorrupt));
  CHECK_TRUE(buffer.store().failed());
  CHECK_TRUE(buffer.store().reopen().ok());
  CHECK_TRUE(buffer.store().salvaging());
}
