#include "storage/migration.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/database.hpp"
#include "tests/storage/buffer.hpp"
#include "tests/storage/faulty_vfs.hpp"
#include "tests/storage/golden.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

namespace {

constexpr std::uint64_t kQuota = 16 * 1024 * 1024;

// Two texts that mean the same table are equal: without comments, white space and quotes, which a
// step leaves in other places than the schema has them.
std::string meaning_of(std::string_view sql) {
  std::string meaning;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql.substr(i, 2) == "--") i = std::min(sql.find('\n', i), sql.size());
    const bool kept =
        i < sql.size() && sql[i] != '"' && std::isspace(static_cast<unsigned char>(sql[i])) == 0;
    if (kept) meaning += sql[i];
  }
  return meaning;
}

}  // namespace

TEST_GROUP(Migration) {
  Buffer buffer;

  Connection connect() {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
    CHECK_TRUE(connection.ok());
    return std::move(*connection);
  }
  void make(const char* golden) {
    CHECK_TRUE(connect().execute(golden).ok());
  }
  void make_version(std::int64_t version) {
    make(kGoldenDatabases[static_cast<std::size_t>(version - 1)]);
  }
  std::int64_t version() {
    return connect().integer("PRAGMA user_version")->value_or(-1);
  }
  std::vector<std::string> schema(const std::string& path) {
    Result<Connection> connection = open_for_writing(path, kQuota);
    CHECK_TRUE(connection.ok());
    std::vector<std::string> objects;
    CHECK_TRUE(
        connection
            ->for_each("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2", {},
                       [&](const Row& row) {
                         objects.push_back(
                             std::string(row.text(0)) + " " + std::string(row.text(1)) + " of " +
                             std::string(row.text(2)) + ": " + meaning_of(row.text(3)));
                         return true;
                       })
            .ok());
    return objects;
  }
};

TEST(Migration, every_earlier_version_has_its_golden_database) {
  CHECK_TRUE(kGoldenDatabases.size() + 1 == static_cast<std::size_t>(schema_version()));
}

TEST(Migration, every_version_ends_with_the_schema_of_a_new_database) {
  const std::vector<std::string> fresh = schema(buffer.folder().path_of("fresh.db"));
  for (std::int64_t earlier = 1; earlier < schema_version(); ++earlier) {
    const std::string path = buffer.folder().path_of("golden" + std::to_string(earlier));
    buffer.options.path = path;
    make_version(earlier);
    const std::vector<std::string> migrated = schema(path);
    CHECK_TRUE(migrated.size() == fresh.size());
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      STRCMP_EQUAL(fresh[i].c_str(), migrated[i].c_str());
    }
    CHECK_TRUE(version() == schema_version());
  }
}

TEST(Migration, every_version_ends_whole) {
  for (std::int64_t earlier = 1; earlier < schema_version(); ++earlier) {
    buffer.options.path = buffer.folder().path_of("golden" + std::to_string(earlier));
    make_version(earlier);
    Result<Connection> connection = open_for_writing(buffer.options.path, kQuota);
    CHECK_TRUE(connection.ok());
    std::string report;
    CHECK_TRUE(connection
                   ->for_each("PRAGMA integrity_check", {},
                              [&](const Row& row) {
                                report += row.text(0);
                                return true;
                              })
                   .ok());
    STRCMP_EQUAL("ok", report.c_str());
    CHECK_TRUE(connection->integer("PRAGMA foreign_keys")->value_or(0) == 1);
  }
}

TEST(Migration, from_version_1_keeps_what_was_counted_and_pending) {
  make_version(1);
  CHECK_TRUE(buffer.start(3).ok());
  const Totals totals = buffer.store().totals();
  CHECK_TRUE(balances(totals));
  CHECK_TRUE(totals.stored == 35 && totals.pending == 24);
  CHECK_TRUE(totals.delivered == 5 && totals.dropped == 6);
  CHECK_TRUE(totals.pending_chunks == 4);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{3, 1}));
  CHECK_TRUE((buffer.pending(Stream::kEvent) == std::vector<std::uint64_t>{1, 2}));
  CHECK_TRUE(buffer.reader().take_suspects().empty());
}

TEST(Migration, from_version_1_keeps_the_hot_tail) {
  make_version(1);
  CHECK_TRUE(buffer.start(3).ok());
  const Result<std::vector<EarlierRun>> runs = buffer.store().earlier_runs();
  CHECK_TRUE(runs.ok() && runs->size() == 1);
  CHECK_TRUE(runs->front().run == run_number(2));
  CHECK_TRUE(runs->front().last_durable == instant_from_ns(50));
  CHECK_TRUE(runs->front().frames == std::vector<Bytes>{frame_of(9).bytes});
}

TEST(Migration, from_version_1_knows_what_an_acknowledgement_may_settle) {
  make_version(1);
  CHECK_TRUE(buffer.start(3).ok());
  // The collector got the dropped chunk after all; its checksum is the dropped row's.
  const Result<AckOutcome> outcome =
      buffer.store().acknowledge(ack_of({{1, 3, 1624909926ULL + 530232219 + 895141168}}));
  CHECK_TRUE(outcome.ok() && !outcome->refused);
  CHECK_TRUE(outcome->settled_chunks == 2 && outcome->settled_readings == 13);
  CHECK_TRUE(buffer.store().totals().delivered == 18);
}

TEST(Migration, gives_the_next_key_of_a_run_from_before) {
  make_version(1);
  CHECK_TRUE(buffer.start(3).ok());
  const std::vector<SealedChunk> tail = {chunk_of(Stream::kRaw, 9)};
  CHECK_TRUE(buffer.store().recover(run_number(2), tail, {}).ok());
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{3, 1, 2}));
}

TEST(Migration, from_version_2_keeps_what_was_counted_and_pending) {
  make_version(2);
  CHECK_TRUE(buffer.start(3).ok());
  const Totals totals = buffer.store().totals();
  CHECK_TRUE(balances(totals));
  CHECK_TRUE(totals.stored == 35 && totals.pending == 24);
  CHECK_TRUE(totals.delivered == 5 && totals.dropped == 6);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{3, 1}));
  CHECK_TRUE(buffer.store().audit().ok());
}

TEST(Migration, from_version_2_knows_what_waits_in_each_lane) {
  make_version(2);
  CHECK_TRUE(buffer.start(3).ok());
  const Result<WaitingByLane> waiting = buffer.reader().waiting();
  CHECK_TRUE(waiting.ok());
  const std::vector<std::uint64_t> chunks{1, 1, 0, 0, 2, 0};
  for (std::size_t i = 0; i < kStoredLanes; ++i) {
    CHECK_TRUE((*waiting)[i].chunks == chunks[i] && (*waiting)[i].bytes == 20 * chunks[i]);
  }
}

TEST(Migration, from_version_3_keeps_what_waits_in_each_lane) {
  make_version(3);
  CHECK_TRUE(buffer.start(3).ok());
  const Result<WaitingByLane> waiting = buffer.reader().waiting();
  CHECK_TRUE(waiting.ok());
  const std::vector<std::uint64_t> chunks{1, 1, 0, 0, 2, 0};
  for (std::size_t i = 0; i < kStoredLanes; ++i) CHECK_TRUE((*waiting)[i].chunks == chunks[i]);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{3, 1}));
  CHECK_TRUE(buffer.store().audit().ok());
  // What runs of before call their channels nobody has written down.
  CHECK_TRUE(buffer.store().boots_of("boiler")->empty());
}

TEST(Migration, from_version_4_keeps_what_was_asked_for_and_may_keep_what_is_delivered) {
  make_version(4);
  CHECK_TRUE(buffer.start(3).ok());
  const Result<WaitingByLane> waiting = buffer.reader().waiting();
  CHECK_TRUE(waiting.ok());
  const std::vector<std::uint64_t> chunks{1, 1, 0, 1, 1, 0};
  for (std::size_t i = 0; i < kStoredLanes; ++i) CHECK_TRUE((*waiting)[i].chunks == chunks[i]);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{3, 1}));
  CHECK_TRUE(buffer.store().boots_of("boiler")->size() == 1);
  CHECK_TRUE(buffer.store().find_request("r1")->has_value());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({{1, 1, 764983796}}, {}, 2)).ok());
  CHECK_TRUE(buffer.store().totals().kept_chunks == 1);
  CHECK_TRUE(buffer.store().audit().ok());
}

TEST(Migration, every_version_ends_with_exact_lanes) {
  for (std::int64_t earlier = 1; earlier < schema_version(); ++earlier) {
    buffer.options.path = buffer.folder().path_of("golden" + std::to_string(earlier));
    make_version(earlier);
    CHECK_TRUE(buffer.start(3).ok());
    CHECK_TRUE(buffer.lanes_are_exact());
    buffer.stop();
  }
}

TEST(Migration, a_step_that_fails_changes_nothing) {
  make_version(1);
  CHECK_TRUE(connect()
                 .execute("PRAGMA foreign_keys = OFF;"
                          "INSERT INTO frame (run, count, last_ns, bytes) VALUES (9, 1, 1, x'')")
                 .ok());
  CHECK_TRUE(failed_with(open_for_writing(buffer.options.path, kQuota), ErrorCode::kCorrupt));
  CHECK_TRUE(version() == 1);
}

TEST(Migration, a_power_cut_leaves_the_data_of_one_version_or_another) {
  const std::string folder = buffer.folder().path();
  for (std::uint64_t earlier = 1; earlier < kGoldenDatabases.size() + 1; ++earlier) {
    bool cut = true;
    for (std::uint64_t at = 1; cut; ++at) {
      put({}, folder);
      make_version(static_cast<std::int64_t>(earlier));
      FaultyVfs disk(folder);
      disk.cut({.at = at, .remains = at % 2 == 0 ? Remains::kSubset : Remains::kTorn, .seed = at});
      CHECK_TRUE(open_for_writing(buffer.options.path, kQuota).ok() != disk.is_off());
      cut = disk.is_off();
      cut ? disk.restart() : disk.work();
      CHECK_TRUE(version() >= static_cast<std::int64_t>(earlier));
      CHECK_TRUE(buffer.start(3).ok());
      CHECK_TRUE(buffer.store().totals().stored == 35);
      buffer.stop();
    }
  }
}

TEST(Migration, a_newer_database_is_refused_and_left_alone) {
  make_version(1);
  CHECK_TRUE(connect().execute("PRAGMA user_version = 99").ok());
  Result<> refused = buffer.start(3);
  CHECK_TRUE(failed_with(refused, ErrorCode::kRefused));
  STRCMP_CONTAINS("has schema version 99, and this program knows", refused.error().message.c_str());
  CHECK_TRUE(failed_with(open_for_reading(buffer.options.path), ErrorCode::kRefused));
  CHECK_TRUE(version() == 99);
  CHECK_TRUE(connect().integer("SELECT count(*) FROM run")->value_or(0) == 2);
}

TEST(Migration, an_older_database_is_not_read_before_it_is_brought_up_to_date) {
  make_version(1);
  CHECK_TRUE(failed_with(open_for_reading(buffer.options.path), ErrorCode::kRefused));
  { CHECK_TRUE(open_for_writing(buffer.options.path, kQuota).ok()); }
  CHECK_TRUE(open_for_reading(buffer.options.path).ok());
}

TEST(Migration, a_database_without_a_version_is_corrupt) {
  make_version(1);
  CHECK_TRUE(connect().execute("PRAGMA user_version = 0").ok());
  CHECK_TRUE(failed_with(open_for_writing(buffer.options.path, kQuota), ErrorCode::kCorrupt));
}
