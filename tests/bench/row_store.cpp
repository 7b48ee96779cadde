#include <filesystem>
#include <vector>

#include <sqlite3.h>

#include "core/check.hpp"
#include "tests/bench/processor_time.hpp"
#include "tests/bench/reading_store.hpp"

namespace sluice::bench {
namespace {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Database opened(const std::string& path) {
  sqlite3* database = nullptr;
  CHECK(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  return Database(database);
}

class RowStore final : public ReadingStore {
 public:
  explicit RowStore(const StoreOptions& options)
      : path_(options.folder + "/rows.db"), database_(opened(path_)) {
    execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE reading (time INTEGER, channel INTEGER, value REAL, quality INTEGER)");
    insert_ = prepared("INSERT INTO reading VALUES (?, ?, ?, ?)");
  }

  void add_second(std::span<const Reading> readings, Instant /*now*/) override {
    execute("BEGIN");
    for (const Reading& reading : readings) {
      sqlite3_bind_int64(insert_.get(), 1, to_ns(reading.time));
      sqlite3_bind_int(insert_.get(), 2, index_of(reading.channel));
      sqlite3_bind_double(insert_.get(), 3, reading.value);
      sqlite3_bind_int(insert_.get(), 4, static_cast<int>(reading.quality));
      CHECK(sqlite3_step(insert_.get()) == SQLITE_DONE);
      sqlite3_reset(insert_.get());
    }
    execute("COMMIT");
  }

  void finish(Instant /*now*/) override {
    insert_.reset();
    database_.reset();
  }

  Drained drain(Instant /*now*/) override {
    const Statement oldest = prepared(
        "SELECT rowid, time, channel, value, quality FROM reading ORDER BY rowid LIMIT 1000");
    const Statement remove = prepared("DELETE FROM reading WHERE rowid <= ?");
    Drained drained;
    const double begin = processor_ns();
    for (std::vector<Reading> rows;; rows.clear()) {
      sqlite3_int64 last = 0;
      while (sqlite3_step(oldest.get()) == SQLITE_ROW) {
        last = sqlite3_column_int64(oldest.get(), 0);
        rows.push_back({instant_from_ns(sqlite3_column_int64(oldest.get(), 1)),
                        sqlite3_column_double(oldest.get(), 3),
                        static_cast<ChannelId>(sqlite3_column_int(oldest.get(), 2)),
                        static_cast<Quality>(sqlite3_column_int(oldest.get(), 4))});
      }
      sqlite3_reset(oldest.get());
      if (rows.empty()) break;
      drained.readings += rows.size();
      sqlite3_bind_int64(remove.get(), 1, last);
      CHECK(sqlite3_step(remove.get()) == SQLITE_DONE);
      sqlite3_reset(remove.get());
    }
    drained.processor_ns = processor_ns() - begin;
    return drained;
  }

  void prepare_queries() override {
    execute("CREATE INDEX reading_by_channel ON reading (channel, time)");
    query_ = prepared(
        "SELECT time, value, quality FROM reading WHERE channel = ? AND time >= ? AND time < ?");
  }

  std::size_t query(ChannelId channel, Instant from, Instant to) override {
    sqlite3_bind_int(query_.get(), 1, index_of(channel));
    sqlite3_bind_int64(query_.get(), 2, to_ns(from));
    sqlite3_bind_int64(query_.get(), 3, to_ns(to));
    std::vector<Reading> readings;
    while (sqlite3_step(query_.get()) == SQLITE_ROW) {
      readings.push_back({instant_from_ns(sqlite3_column_int64(query_.get(), 0)),
                          sqlite3_column_double(query_.get(), 1), channel,
                          static_cast<Quality>(sqlite3_column_int(query_.get(), 2))});
    }
    sqlite3_reset(query_.get());
    return readings.size();
  }

  std::size_t bytes() const override { return std::filesystem::file_size(path_); }

 private:
  void execute(const char* script) {
    CHECK(sqlite3_exec(database_.get(), script, nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  Statement prepared(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    CHECK(sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr) == SQLITE_OK);
    return Statement(statement);
  }

  std::string path_;
  Database database_;
  Statement insert_;
  Statement query_;
};

}  // namespace

std::unique_ptr<ReadingStore> row_store(const StoreOptions& options, Instant /*now*/) {
  return std::make_unique<RowStore>(options);
}

}  // namespace sluice::bench
