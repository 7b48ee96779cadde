#include "collector/database.hpp"

#include <array>
#include <cstddef>

#include "collector/schema.hpp"

namespace sluice::collector {
namespace {

constexpr std::int64_t kApplicationId = 0x536C7543;  // "SluC"
constexpr std::int64_t kVersion = 3;

// What brings a database of version 1, 2... to the next one.
constexpr std::array kUpgrades{
    "ALTER TABLE run ADD COLUMN safe_mode TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE driver_event (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run, "
    "time_ns INTEGER NOT NULL, channel INTEGER NOT NULL, state INTEGER NOT NULL, "
    "reason TEXT NOT NULL) STRICT;"
    "CREATE INDEX driver_event_by_channel ON driver_event (run, channel, time_ns, id)",
};
static_assert(kUpgrades.size() + 1 == kVersion);

// Collectors take turns, so a writer finds nobody in its way but what has no turn: the recovery of
// the WAL by a reader, and whatever an operator does by hand.
constexpr const char* kWait = "PRAGMA busy_timeout = 100;";

// FULL: what is acknowledged is on the disk. The WAL is cut back when a long reader has let it
// grow.
constexpr const char* kSettings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA journal_size_limit = 4194304;";

Result<> create(storage::Connection& connection) {
  const std::string script = std::string("BEGIN IMMEDIATE;") + kSchema +
                             "PRAGMA application_id = " + std::to_string(kApplicationId) +
                             ";PRAGMA user_version = " + std::to_string(kVersion) + ";COMMIT";
  return connection.execute(script.c_str());
}

// Its version.
Result<std::int64_t> recognise(storage::Connection& connection) {
  const auto id = connection.integer("PRAGMA application_id");
  if (!id) return id.error();
  const auto version = connection.integer("PRAGMA user_version");
  if (!version) return version.error();
  const std::int64_t known = version->value_or(0);
  if (*id != kApplicationId || known < 1 || known > kVersion) {
    return Error{ErrorCode::kCorrupt, connection.path() +
                                          " is not a collector's database of this version; name "
                                          "another file or move this one away"};
  }
  return known;
}

// Each step is one transaction, so that a power cut leaves one version or the next. Collectors that
// share the database may try it at once: the one that comes second finds it done.
Result<> upgrade(storage::Connection& connection) {
  Result<std::int64_t> version = recognise(connection);
  while (version && *version < kVersion) {
    const std::string step = std::string("BEGIN IMMEDIATE;") +
                             kUpgrades.at(static_cast<std::size_t>(*version - 1)) +
                             ";PRAGMA user_version = " + std::to_string(*version + 1) + ";COMMIT";
    const Result<> done = connection.execute(step.c_str());
    if (!done) static_cast<void>(connection.execute("ROLLBACK"));
    const std::int64_t before = *version;
    version = recognise(connection);
    if (!done && version && *version == before) return done;
  }
  if (!version) return version.error();
  return Ok{};
}

}  // namespace

Result<storage::Connection> open_for_writing(const std::string& path) {
  Result<storage::Connection> connection = storage::Connection::open(path, storage::Access::kWrite);
  if (!connection) return connection;
  if (const Result<> set = connection->execute(kWait); !set) return set.error();
  // A start that was cut off leaves a file without tables.
  const auto tables = connection->integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (const Result<> set = connection->execute(kSettings); !set) return set.error();
  const Result<> ready = *tables == 0 ? create(*connection) : upgrade(*connection);
  if (!ready) return ready.error();
  return connection;
}

Result<storage::Connection> open_for_reading(const std::string& path) {
  Result<storage::Connection> connection = storage::Connection::open(path, storage::Access::kRead);
  if (!connection) return connection;
  const Result<std::int64_t> version = recognise(*connection);
  if (!version) return version.error();
  if (*version < kVersion) {
    return Error{ErrorCode::kUnavailable,
                 path + " is of an earlier version; a collector that runs on it brings it up"};
  }
  return connection;
}

}  // namespace sluice::collector
