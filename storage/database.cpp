#include "storage/database.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "storage/durable_file.hpp"
#include "storage/migration.hpp"
#include "storage/new_database.hpp"

namespace sluice::storage {
namespace {

// Room above the quota for the records that make room: the gap of a drop is written in the same
// transaction as the drop.
constexpr std::uint64_t kReserveBytes = 1024 * 1024;

std::string settings() {
  return "PRAGMA synchronous = FULL;"  // durable when COMMIT returns
         "PRAGMA cache_size = -256;"   // KiB
         // Debian's default wipes what is deleted, page by page: twice the wear.
         "PRAGMA secure_delete = FAST;"
         "PRAGMA wal_autocheckpoint = " +
         std::to_string(kWalBytesMax / 2 / kPageBytes) +
         ";"
         "PRAGMA journal_size_limit = " +
         std::to_string(kWalBytesMax);
}

std::string limit(std::uint64_t quota_bytes) {
  const std::uint64_t pages = quota_bytes / kPageBytes + kReserveBytes / kPageBytes;
  return "PRAGMA max_page_count = " + std::to_string(std::min<std::uint64_t>(pages, 0xFFFFFFFEU));
}

// An empty file is what a start of an earlier program left that was cut off before the schema was
// in. A link is left to SQLite, which refuses it.
bool is_missing(const std::string& path) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::symlink_status(path, failure);
  if (status.type() == std::filesystem::file_type::not_found) return true;
  return status.type() == std::filesystem::file_type::regular &&
         std::filesystem::file_size(path, failure) == 0;
}

Result<> recognise(Connection& connection) {
  const auto id = connection.integer("PRAGMA application_id");
  if (!id.ok()) return id.error();
  if (id->value_or(0) != kApplicationId) {
    return Error{ErrorCode::kCorrupt, connection.path() +
                                          " is no buffer of this program; name another file or "
                                          "move this one away"};
  }
  return Ok{};
}

Result<> use_wal(Connection& connection) {
  bool on = false;
  Result<> asked = connection.for_each("PRAGMA journal_mode = WAL", {}, [&](const Row& row) {
    on = row.text(0) == "wal";
    return true;
  });
  if (!asked.ok()) return asked;
  if (!on) {
    return Error{ErrorCode::kUnavailable,
                 connection.path() + " is on a file system that cannot hold a write-ahead log"};
  }
  return Ok{};
}

}  // namespace

Result<Connection> open_for_writing(const std::string& path, std::uint64_t quota_bytes) {
  if (is_missing(path)) {
    if (Result<> made = make_database(path); !made.ok()) return made.error();
  }
  Result<Connection> connection = Connection::open(path, Access::kWrite);
  if (!connection.ok()) return connection;
  if (Result<> known = recognise(*connection); !known.ok()) return known.error();
  if (Result<> wal = use_wal(*connection); !wal.ok()) return wal.error();
  if (Result<> set = connection->execute(settings().c_str()); !set.ok()) return set.error();
  // Before the limit: a database that is full takes a little more to get to the next version.
  if (Result<> newest = migrate(*connection); !newest.ok()) return newest.error();
  if (Result<> set = connection->execute(limit(quota_bytes).c_str()); !set.ok()) return set.error();
  // SQLite syncs the folder of a new log too, and does not look whether that succeeded.
  if (Result<> kept = sync_folder_of(connection->path()); !kept.ok()) return kept.error();
  return connection;
}

Result<Connection> open_for_reading(const std::string& path) {
  Result<Connection> connection = Connection::open(path, Access::kRead);
  if (!connection.ok()) return connection;
  if (Result<> known = recognise(*connection); !known.ok()) return known.error();
  if (Result<> ours = check_version(*connection); !ours.ok()) return ours.error();
  if (Result<> set = connection->execute("PRAGMA cache_size = -64"); !set.ok()) return set.error();
  return connection;
}

Result<std::uint64_t> bytes_in_use(Connection& connection) {
  const auto pages = connection.integer("PRAGMA page_count");
  if (!pages.ok()) return pages.error();
  const auto free_pages = connection.integer("PRAGMA freelist_count");
  if (!free_pages.ok()) return free_pages.error();
  const std::int64_t used = pages->value_or(0) - free_pages->value_or(0);
  std::error_code absent;
  const std::uintmax_t wal = std::filesystem::file_size(connection.path() + "-wal", absent);
  return to_unsigned(used) * kPageBytes + (absent ? 0 : wal);
}

}  // namespace sluice::storage
